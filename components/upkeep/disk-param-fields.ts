// Disk parameters as their form holds them: texts, where an empty one is inherited. What each may be, the contract's schema says.
import type { z } from 'zod';
import { DrbdParams, PlainParams, type DiskParamsOverride } from '@/contract/schemas/disk';

export type ParamKind = 'plain' | 'drbd';
type Shape = Record<string, z.ZodType>;
const shapes: Record<ParamKind, Shape> = { plain: PlainParams.shape, drbd: DrbdParams.shape };

export const plainNames = PlainParams.keyof().options;
export const drbdNames = DrbdParams.keyof().options;

/** By "<kind>.<name>". */
export type ParamTexts = Record<string, string>;

export function toTexts(override: DiskParamsOverride): ParamTexts {
  const texts = (kind: ParamKind) =>
    Object.entries(override[kind] ?? {}).map(([name, value]) => [`${kind}.${name}`, String(value)]);
  return Object.fromEntries([...texts('plain'), ...texts('drbd')]);
}

/** The override, or the keys of what is no value of its parameter. */
export function toOverride(
  texts: ParamTexts,
): { override: DiskParamsOverride; wrong: [] } | { override: null; wrong: string[] } {
  const wrong: string[] = [];
  const values: Record<ParamKind, Record<string, unknown>> = { plain: {}, drbd: {} };
  for (const [key, text] of Object.entries(texts)) {
    if (text.trim() === '') continue;
    const kind = key.startsWith('plain.') ? 'plain' : 'drbd';
    const name = key.slice(kind.length + 1);
    const value = parseValue(shapes[kind][name], text.trim());
    if (value === undefined) wrong.push(key);
    else values[kind][name] = value;
  }
  if (wrong.length > 0) return { override: null, wrong };
  return {
    override: {
      plain: PlainParams.partial().parse(values.plain),
      drbd: DrbdParams.partial().parse(values.drbd),
    },
    wrong: [],
  };
}

function parseValue(schema: z.ZodType | undefined, text: string): unknown {
  const candidates = [text, ...(/^\d+$/.test(text) ? [Number(text)] : []), ...booleanOf(text)];
  for (const candidate of candidates) {
    const parsed = schema?.safeParse(candidate);
    if (parsed?.success) return parsed.data;
  }
  return undefined;
}

const booleanOf = (text: string) => (text === 'true' || text === 'false' ? [text === 'true'] : []);
