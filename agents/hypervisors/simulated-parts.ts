// What the verbs of simulated instances work with.
import type { RunningMachine } from '@/contract/agent-live-calls';
import type { Faults } from '../simulated-faults';
import type { StartRequest } from './hypervisor';
import type { SimulatedDoors } from './simulated-doors';
import type { SimulatedMachine } from './simulated-machine';
import type { Running } from './simulated-state';

export type LiveParts = {
  faults: Faults;
  doors: SimulatedDoors;
  migrateMs: number;
  machineOf(definition: StartRequest['definition']): SimulatedMachine;
  find(instanceId: string): SimulatedMachine | undefined;
  cleanup(instanceId: string): Promise<void>;
};

export type Place = { id: string; index: number };

/** What runs when a start or an arrival begins. */
export function runningOf(start: StartRequest, migration: Running['migration'] = null): Running {
  const { definition, cd = null, paused = false } = start;
  const place = ({ id, index }: Place) => ({ id, index });
  const { vcpus, memoryMiB, hvParams } = definition;
  const machine: RunningMachine = {
    ...{ accelerator: 'simulated', vcpus, memoryMiB },
    hvParams: { ...hvParams, cdrom: cd?.iso ?? null },
    disks: start.disks.map(place),
    nics: start.nics.map(place),
  };
  const since = new Date().toISOString();
  return { definition, since, machine, memoryMiB, paused, migration, arrived: false };
}
