// Sizes are MiB integers everywhere inside; people see and type binary units ("1.5 GiB").
import { z } from 'zod';

export const limits = {
  vcpus: { min: 1, max: 256 },
  memoryMiB: { min: 32, max: 16 * 1024 * 1024 },
  diskMiB: { min: 1, max: 64 * 1024 * 1024 },
  disks: 16,
  nics: 8,
} as const;

export const Vcpus = z.number().int().min(limits.vcpus.min).max(limits.vcpus.max);
export const MemoryMiB = z.number().int().min(limits.memoryMiB.min).max(limits.memoryMiB.max);
export const DiskMiB = z.number().int().min(limits.diskMiB.min).max(limits.diskMiB.max);

const steps = [
  { unit: 'PiB', mib: 1024 ** 3 },
  { unit: 'TiB', mib: 1024 ** 2 },
  { unit: 'GiB', mib: 1024 },
] as const;

/** A size as people say it: 1536 -> "1.5 GiB". At most two decimals, none when exact. */
export function formatMiB(sizeMiB: number): string {
  const step = steps.find((s) => Math.abs(sizeMiB) >= s.mib);
  if (!step) return `${round(sizeMiB)} MiB`;
  return `${round(sizeMiB / step.mib)} ${step.unit}`;
}

/** Reads "512", "512M", "1.5 GiB", "2t" into whole MiB (a bare number is MiB); undefined when it is no size. */
export function parseMiB(text: string): number | undefined {
  const match = /^\s*(\d{1,9}(?:[.,]\d{1,6})?)\s*(?:([mgtp])(?:i?b)?)?\s*$/i.exec(text);
  if (!match?.[1]) return undefined;
  const factor = { m: 1, g: 1024, t: 1024 ** 2, p: 1024 ** 3 }[(match[2] ?? 'm').toLowerCase()] ?? 1;
  return Math.round(Number(match[1].replace(',', '.')) * factor);
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
