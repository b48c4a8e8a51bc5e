// The disks of a simulated node: a folder and a volume group, in which drivers of all templates make theirs.
import path from 'node:path';
import { defaultVg } from '@/contract/schemas/disk';
import type { Definitions } from './definitions';
import type { Faults } from './simulated-faults';
import type { Storage } from './storage/block-device';
import { createDisklessStorage } from './storage/diskless';
import { createSimulatedStorage } from './storage/simulated';
import { createSimulatedMirror, type SimulatedMirror } from './storage/simulated-mirror';
import { openSimulatedPool, type SimulatedPool } from './storage/simulated-pool';
import type { SimulatedWire } from './storage/simulated-wire';

export type SimulatedDisksRequest = {
  nodeId: string;
  /** Below it, all of them are kept. */
  folder: string;
  /** Of the folder, and of the volume group. */
  capacityMiB: number;
  faults: Faults;
  definitions: Definitions;
  wire: SimulatedWire;
};

export type SimulatedDisks = { storages: Storage[]; pools: SimulatedPool[]; mirrors: SimulatedMirror };

export function openSimulatedDisks(request: SimulatedDisksRequest): SimulatedDisks {
  const { nodeId, folder, capacityMiB, faults, definitions, wire } = request;
  const below = (name: string) => path.join(folder, name);
  const disks = openSimulatedPool({
    kind: 'folder',
    name: below('disks'),
    folder: below('disks'),
    capacityMiB,
  });
  const vg = openSimulatedPool({ kind: 'vg', name: defaultVg, folder: below('volumes'), capacityMiB });
  const shared = { faults, nameOf: (instanceId: string) => definitions.get(instanceId)?.name };
  const mirrors = createSimulatedMirror({ ...shared, nodeId, wire, pool: vg, folder: below('mirrors') });
  const storages = [
    createDisklessStorage(),
    createSimulatedStorage({ ...shared, template: 'simulated', pool: disks }),
    createSimulatedStorage({ ...shared, template: 'plain', pool: vg }),
    mirrors,
  ];
  return { storages, pools: [disks, vg], mirrors };
}
