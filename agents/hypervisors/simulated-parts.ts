// What the verbs of simulated instances work with.
import type { RunningMachine } from '@/contract/agent-live-calls';
import type { Faults } from '../simulated-faults';
import { placeOf, type StartRequest } from './hypervisor';
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

/** What runs when a start or an arrival begins. */
export function runningOf(start: StartRequest, migration: Running['migration'] = null): Running {
  const { definition, cd = null, paused = false } = start;
  const { vcpus, memoryMiB, hvParams } = definition;
  const machine: RunningMachine = {
    ...{ accelerator: 'simulated', vcpus, memoryMiB },
    hvParams: { ...hvParams, cdrom: cd?.iso ?? null },
    disks: start.disks.map(placeOf),
    nics: start.nics.map(placeOf),
  };
  const since = new Date().toISOString();
  return { definition, since, machine, memoryMiB, paused, migration, arrived: false };
}
