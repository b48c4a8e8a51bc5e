// Parameters of the machine as their form holds them: texts, where an empty one is inherited and a hyphen is none at all. What each may be, the
// contract's schema says.
import { z } from 'zod';
import { type KvmParam, KvmParams, KvmParamsOverride, operatorKvmParams } from '@/contract/schemas/hv-params';

export const paramGroups = {
  cpu: ['cpuType', 'cpuSockets', 'cpuCores', 'cpuThreads'],
  devices: [
    ...(['machine', 'diskBus', 'diskCache', 'diskAio', 'diskDiscard', 'nicModel', 'nicQueues'] as const),
    ...(['vhostNet', 'usbTablet'] as const),
  ],
  boot: ['bootOrder', 'cdrom', 'kernelPath', 'initrdPath', 'kernelArgs', 'rootPath'],
  screen: ['vga', 'keymap', 'serialConsole', 'screen'],
  behaviour: ['rebootBehavior', 'userShutdown', 'useLocaltime', 'memPath'],
} as const satisfies Record<string, readonly KvmParam[]>;
export type ParamGroup = keyof typeof paramGroups;
export const groupNames = ['cpu', 'devices', 'boot', 'screen', 'behaviour'] as const satisfies ParamGroup[];

export type ParamTexts = Partial<Record<KvmParam, string>>;

/** Stands for none where a parameter may be none. */
export const noneText = '-';

export const textOf = (value: string | number | boolean | null): string =>
  value === null ? noneText : String(value);

export function toTexts(override: KvmParamsOverride): ParamTexts {
  const texts: ParamTexts = {};
  for (const name of KvmParams.keyof().options) {
    const value = override[name];
    if (value !== undefined) texts[name] = textOf(value);
  }
  return texts;
}

/** The override, or the names of what is no value of its parameter. */
export function toOverride(
  texts: ParamTexts,
): { override: KvmParamsOverride; wrong: [] } | { override: null; wrong: KvmParam[] } {
  const values: Record<string, unknown> = {};
  const wrong: KvmParam[] = [];
  for (const name of KvmParams.keyof().options) {
    const text = texts[name]?.trim() ?? '';
    if (text === '') continue;
    const value = parseValue(KvmParams.shape[name], text);
    if (value === undefined) wrong.push(name);
    else values[name] = value;
  }
  if (wrong.length > 0) return { override: null, wrong };
  return { override: KvmParamsOverride.parse(values), wrong: [] };
}

function parseValue(schema: z.ZodType, text: string): unknown {
  const numbers = /^\d+$/.test(text) ? [Number(text)] : [];
  const booleans = text === 'true' || text === 'false' ? [text === 'true'] : [];
  for (const candidate of [...(text === noneText ? [null] : []), text, ...numbers, ...booleans]) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** What a parameter may be where that is a few words; null where it is typed. */
export function choicesOf(name: KvmParam): string[] | null {
  const schema: z.ZodType = KvmParams.shape[name];
  const inner: unknown = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  const none = inner === schema ? [] : [noneText];
  if (inner instanceof z.ZodBoolean) return ['true', 'false'];
  return inner instanceof z.ZodEnum ? [...none, ...inner.options.map(String)] : null;
}

/** Of a group, those that the reader may set. */
export function paramsFor(group: ParamGroup, isOperator: boolean): KvmParam[] {
  return paramGroups[group].filter((name) => isOperator || !operatorKvmParams.includes(name));
}
