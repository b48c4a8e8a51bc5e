// What qemu-img says.
import { z } from 'zod';
import { AppError } from '@/contract/errors';

const Info = z.looseObject({
  format: z.string(),
  'virtual-size': z.number().int(),
  encrypted: z.boolean().optional(),
  'backing-filename': z.string().optional(),
  'format-specific': z
    .looseObject({ data: z.looseObject({ 'data-file': z.string().optional() }).optional() })
    .optional(),
});

/** `whyNot` completes "The image …"; null: it stands alone. */
export function parseInfo(text: string): { virtualBytes: number; whyNot: string | null } {
  const info = Info.parse(parseJson(text));
  return { virtualBytes: info['virtual-size'], whyNot: whyNot(info) };
}

function whyNot(info: z.infer<typeof Info>): string | null {
  if (info.format !== 'qcow2') return `is not a qcow2 image, but ${info.format}`;
  if (info['backing-filename'] !== undefined) return 'has a backing file';
  if (info['format-specific']?.data?.['data-file'] !== undefined) return 'keeps its data in another file';
  return info.encrypted ? 'is encrypted' : null;
}

/** How many bytes of the plain file will really be taken up. */
export function parseMeasure(text: string): number {
  return z.looseObject({ required: z.number().int().min(0) }).parse(parseJson(text)).required;
}

/** 0 to 1 out of a line like `    (12.34/100%)`; null for any other line. */
export function parseProgress(line: string): number | null {
  const percent = /^\s*\((\d+(?:\.\d+)?)\/100%\)\s*$/.exec(line)?.[1];
  return percent === undefined ? null : Number(percent) / 100;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('tool_failed', 'qemu-img answered what is no JSON', { cause });
  }
}
