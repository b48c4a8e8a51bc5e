// Finds the driver for a kind, or says in words that this node has none.
import { AppError } from '@/contract/errors';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import type { MirrorDevices, MirrorStatus, NodeDisk } from '@/contract/schemas/disk';
import type { Drivers } from './drivers';
import type { Hypervisor } from './hypervisors/hypervisor';
import type { Network } from './network/network';
import type { OsDriver } from './os/os-definition';
import type { Adoption, Mirror, Storage } from './storage/block-device';

export function hypervisorOf({ hypervisors }: Drivers, kind: Hypervisor['kind']): Hypervisor {
  return found(
    hypervisors.find((driver) => driver.kind === kind),
    `hypervisor ${kind}`,
  );
}

export function storageOf({ storages }: Drivers, template: Storage['template']): Storage {
  return found(
    storages.find((driver) => driver.template === template),
    `disk template ${template}`,
  );
}

export function adoptionOf(drivers: Drivers, template: Storage['template']): Adoption {
  const { adoption } = storageOf(drivers, template);
  if (adoption) return adoption;
  throw new AppError('invalid', `disks of template ${template} are made, not adopted`);
}

export function mirrorOf(drivers: Drivers, template: Storage['template']): Mirror {
  const { mirror } = storageOf(drivers, template);
  if (mirror) return mirror;
  throw new AppError('invalid', `disks of template ${template} are not mirrored`);
}

/** What this node has of mirrors, over all drivers. */
export async function readMirrorDevices({ storages }: Drivers, disks: NodeDisk[]): Promise<MirrorDevices> {
  const asked = storages.flatMap(({ template, mirror }) =>
    mirror ? [mirror.devices(disks.filter(({ spec }) => spec.template === template))] : [],
  );
  const all = await Promise.all(asked);
  return {
    minors: all.flatMap(({ minors }) => minors),
    twoPrimaries: all.flatMap(({ twoPrimaries }) => twoPrimaries),
  };
}

/** What this node sees of disks that are mirrored, whatever their templates. */
export async function readMirrors(drivers: Drivers, disks: NodeDisk[]): Promise<MirrorStatus[]> {
  const asked = byMirror(drivers, disks).map(([mirror, own]) => mirror.status(own));
  return (await Promise.all(asked)).flat();
}

export async function areMirrorsConnected(drivers: Drivers, disks: NodeDisk[]): Promise<boolean> {
  const asked = byMirror(drivers, disks).map(([mirror, own]) => mirror.areConnected(own));
  return (await Promise.all(asked)).every(Boolean);
}

function byMirror(drivers: Drivers, disks: NodeDisk[]): [Mirror, NodeDisk[]][] {
  const byDriver = new Map<Mirror, NodeDisk[]>();
  for (const disk of disks) {
    const mirror = mirrorOf(drivers, disk.spec.template);
    const own = byDriver.get(mirror) ?? [];
    byDriver.set(mirror, own);
    own.push(disk);
  }
  return [...byDriver];
}

export function networkOf({ networks }: Drivers, mode: Network['mode']): Network {
  return found(
    networks.find((driver) => driver.mode === mode),
    `NIC mode ${mode}`,
  );
}

export function osOf({ oses }: Pick<Drivers, 'oses'>, kind: InstanceDefinition['os']['kind']): OsDriver {
  return found(
    oses.find((driver) => driver.kind === kind),
    `OS ${kind}`,
  );
}

/** What some hypervisor of the node sees of an instance. */
export function observedOf({ hypervisors }: Drivers, instanceId: string): ObservedInstance | undefined {
  for (const hypervisor of hypervisors) {
    const seen = hypervisor.list().find((observed) => observed.id === instanceId);
    if (seen) return seen;
  }
  return undefined;
}

export function isRunning(observed: ObservedInstance | undefined): boolean {
  return observed?.operState === 'running' || observed?.operState === 'paused';
}

/** Its process is on this node: it runs, or arrives from another node. */
export function isHere(observed: ObservedInstance | undefined): boolean {
  return isRunning(observed) || observed?.migration === 'receiving';
}

function found<T>(driver: T | undefined, what: string): T {
  if (driver) return driver;
  throw new AppError('invalid', `The node has no ${what}`);
}
