// What an instance boots from, and what lies in its CD drive: its OS says so, its parameters and the wishes for one start win over that.
import type { InstanceDefinition } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { serialDeviceOf } from '@/contract/hypervisor-kind';
import type { StartOverrides } from '@/contract/schemas/hv-params';
import { osOf } from './driver-choice';
import type { Drivers } from './drivers';
import type { Boot, Cd } from './hypervisors/hypervisor';

/** The definition as it counts for one start. */
export function withOverrides(
  definition: InstanceDefinition,
  overrides: StartOverrides = {},
): InstanceDefinition {
  const hvParams = { ...definition.hvParams };
  for (const [key, value] of Object.entries(overrides))
    if (value !== undefined) Object.assign(hvParams, { [key]: value });
  return { ...definition, hvParams };
}

/** `isCdKnown`: the parameters say all about the CD drive, also that it is empty. `seed` lies in it while nothing else does. */
export async function chooseBoot(
  drivers: Pick<Drivers, 'oses'>,
  definition: InstanceDefinition,
  { isCdKnown = false, seed = null }: { isCdKnown?: boolean; seed?: Cd | null } = {},
): Promise<{ boot: Boot; cd: Cd | null }> {
  const { os, hvParams } = definition;
  const ofOs = os.kind === 'iso' && !isCdKnown ? os.iso : null;
  const iso = hvParams.cdrom ?? ofOs;
  const cd = iso === null ? seed : await findCd(drivers, definition, iso);
  if (hvParams.kernelPath !== null) return { boot: kernelOf(definition, hvParams.kernelPath), cd };
  if (hvParams.bootOrder !== 'auto') return { boot: { kind: 'firmware', order: hvParams.bootOrder }, cd };
  if (os.kind === 'iso') return { boot: { kind: 'firmware', order: 'cdrom' }, cd };
  return { boot: await osOf(drivers, os.kind).boot(definition), cd };
}

/** The ISO file of the node by this name. */
export async function findCd(
  drivers: Pick<Drivers, 'oses'>,
  definition: InstanceDefinition,
  iso: string,
): Promise<Cd> {
  const boot = await osOf(drivers, 'iso').boot({ ...definition, os: { kind: 'iso', iso } });
  if (boot.kind === 'iso') return { iso, path: boot.path };
  throw new AppError('internal', `The node does not tell where ${iso} is`);
}

function kernelOf({ hypervisor, hvParams: params }: InstanceDefinition, kernel: string): Boot {
  const args = [
    ...(params.rootPath === null ? [] : [`root=${params.rootPath}`]),
    params.kernelArgs,
    ...(params.serialConsole ? [`console=${serialDeviceOf(hypervisor)}`] : []),
  ];
  return { kind: 'kernel', kernel, initrd: params.initrdPath, args: args.filter(Boolean).join(' ') };
}
