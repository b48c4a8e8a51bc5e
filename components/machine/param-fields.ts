// Parameters of the machine as their form holds them: texts, where an empty one is inherited and a hyphen is none at all. What each may be, the
// contract's schema says.
import { z } from 'zod';
import type { HypervisorKind } from '@/contract/hypervisor-kind';
import { narrowedChoices, paramsOf } from '@/contract/schemas/hv-kinds';
import { type HvParam, HvParams, HvParamsOverride, operatorHvParams } from '@/contract/schemas/hv-params';

export const paramGroups = {
  cpu: ['cpuType', 'cpuSockets', 'cpuCores', 'cpuThreads', 'cpuMask', 'cpuCap', 'cpuWeight'],
  devices: [
    ...(['machine', 'diskBus', 'diskCache', 'diskAio', 'diskDiscard', 'nicModel', 'nicQueues'] as const),
    ...(['vhostNet', 'usbTablet', 'blockdevPrefix', 'acpi', 'pae', 'viridian'] as const),
  ],
  boot: [
    ...(['bootOrder', 'cdrom', 'kernelPath', 'initrdPath', 'kernelArgs', 'rootPath'] as const),
    ...(['bootloader', 'bootloaderArgs'] as const),
  ],
  screen: ['vga', 'keymap', 'serialConsole', 'screen'],
  behaviour: ['rebootBehavior', 'userShutdown', 'useLocaltime', 'memPath'],
} as const satisfies Record<string, readonly HvParam[]>;
export type ParamGroup = keyof typeof paramGroups;
export const groupNames = ['cpu', 'devices', 'boot', 'screen', 'behaviour'] as const satisfies ParamGroup[];

export type ParamTexts = Partial<Record<HvParam, string>>;

/** Stands for none where a parameter may be none, or an empty text. */
export const noneText = '-';

export const textOf = (value: string | number | boolean | null): string =>
  value === null || value === '' ? noneText : String(value);

export function toTexts(override: HvParamsOverride): ParamTexts {
  const texts: ParamTexts = {};
  for (const name of HvParams.keyof().options) {
    const value = override[name];
    if (value !== undefined) texts[name] = textOf(value);
  }
  return texts;
}

/** The override, or the names of what is no value of its parameter. */
export function toOverride(
  texts: ParamTexts,
): { override: HvParamsOverride; wrong: [] } | { override: null; wrong: HvParam[] } {
  const values: Record<string, unknown> = {};
  const wrong: HvParam[] = [];
  for (const name of HvParams.keyof().options) {
    const text = texts[name]?.trim() ?? '';
    if (text === '') continue;
    const value = parseValue(HvParams.shape[name], text);
    if (value === undefined) wrong.push(name);
    else values[name] = value;
  }
  if (wrong.length > 0) return { override: null, wrong };
  return { override: HvParamsOverride.parse(values), wrong: [] };
}

function parseValue(schema: z.ZodType, text: string): unknown {
  const numbers = /^\d+$/.test(text) ? [Number(text)] : [];
  const booleans = text === 'true' || text === 'false' ? [text === 'true'] : [];
  for (const candidate of [...(text === noneText ? [null, ''] : []), text, ...numbers, ...booleans]) {
    const parsed = schema.safeParse(candidate);
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** What a parameter may be where that is a few words; null where it is typed. */
export function choicesOf(kind: HypervisorKind, name: HvParam): readonly string[] | null {
  const schema: z.ZodType = HvParams.shape[name];
  const inner: unknown = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  const none = inner === schema ? [] : [noneText];
  if (inner instanceof z.ZodBoolean) return ['true', 'false'];
  if (!(inner instanceof z.ZodEnum)) return null;
  return narrowedChoices(kind, name) ?? [...none, ...inner.options.map(String)];
}

type For = { hypervisor: HypervisorKind; isOperator: boolean };

/** Of a group, those that the hypervisor knows and the reader may set. */
export function paramsFor(group: ParamGroup, { hypervisor, isOperator }: For): HvParam[] {
  return paramGroups[group]
    .filter((name) => paramsOf(hypervisor).includes(name))
    .filter((name) => isOperator || !operatorHvParams.includes(name));
}
