// A limit as forms hold it. The API writes "unlimited" as null in a cluster's defaults; in an owner's override it is a word.
import { z } from 'zod';
import type { Limits, QuotaOverride } from '@/contract/schemas/quota';

/** NaN while what is typed is no number. */
export const LimitValue = z.union([z.enum(['inherit', 'unlimited']), z.number(), z.nan()]);
export type LimitValue = z.infer<typeof LimitValue>;

export function amountOf(value: LimitValue): number {
  return typeof value === 'number' ? value : Number.NaN;
}

export function modeOf(value: LimitValue): 'inherit' | 'unlimited' | 'amount' {
  return typeof value === 'number' ? 'amount' : value;
}

export function toOverride(limits: Limits): QuotaOverride {
  const one = (limit: number | null) => limit ?? 'unlimited';
  return {
    instances: one(limits.instances),
    vcpus: one(limits.vcpus),
    memoryMiB: one(limits.memoryMiB),
    diskMiB: one(limits.diskMiB),
  };
}

export function toLimits(override: QuotaOverride): Limits {
  const one = (value: LimitValue) => (typeof value === 'number' ? value : null);
  return {
    instances: one(override.instances),
    vcpus: one(override.vcpus),
    memoryMiB: one(override.memoryMiB),
    diskMiB: one(override.diskMiB),
  };
}
