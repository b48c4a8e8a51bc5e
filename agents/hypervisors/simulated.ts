// Instances that only say they run. They live in the folder they are given, so that "running" ones are found again after an agent restart,
// as real guests would be. Names that start with a sentinel misbehave on purpose (docs/simulated.md).
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import type { AcceleratorSetting } from '@/contract/schemas/node';
import type { Faults } from '../simulated-faults';
import type { Hypervisor, StartRequest, StopRequest } from './hypervisor';
import { createMachine, type SimulatedMachine } from './simulated-machine';
import { createSimulatedDoors, type SimulatedDoors } from './simulated-doors';
import type { SimulatedForeign } from './simulated-foreign';
import { createSimulatedLive } from './simulated-live';
import { runningOf } from './simulated-parts';
import { pause } from './simulated-pause';
import { openScreen } from './simulated-screen';
import { createRunningFiles, type Running } from './simulated-state';

/** How long simulated things take. */
export type SimulatedTiming = {
  startMs: number;
  shutdownMs: number;
  crashAfterMs: number;
  migrateMs?: number;
};
export type SimulatedHypervisorRequest = {
  folder: string;
  faults: Faults;
  timing?: SimulatedTiming;
  /** Shared by nodes that can hand instances to each other. */
  doors?: SimulatedDoors;
  /** Absent: nobody else has machines there. */
  theirs?: SimulatedForeign;
};

const atOnce: SimulatedTiming = { startMs: 0, shutdownMs: 0, crashAfterMs: 0 };

export function createSimulatedHypervisor(request: SimulatedHypervisorRequest): Hypervisor {
  const { faults, folder, timing = atOnce, doors = createSimulatedDoors(), theirs } = request;
  const migrateMs = timing.migrateMs ?? 0;
  const files = createRunningFiles(folder);
  const machines = new Map<string, SimulatedMachine>();
  const listeners = new Set<(observed: ObservedInstance) => void>();
  let setting: AcceleratorSetting = 'auto';

  const onChange = (seen: ObservedInstance, running: Running | null) => {
    if (running) files.write(running);
    else files.remove(seen.id);
    listeners.forEach((listener) => listener(seen));
  };
  const machineOf = (definition: InstanceDefinition): SimulatedMachine => {
    const known = machines.get(definition.id);
    if (known) return known;
    const machine = createMachine(definition, { crashAfterMs: timing.crashAfterMs, onChange });
    machines.set(definition.id, machine);
    return machine;
  };
  const forget = async (id: string) => {
    machines.get(id)?.close();
    machines.delete(id);
    files.remove(id);
  };

  const known = { machineOf, find: (id: string) => machines.get(id), cleanup: forget };
  return {
    kind: 'simulated',
    version: async () => '1.0',
    accelerator: () => ({ setting, used: 'tcg', reason: 'Simulated: nothing is executed.' }),
    configure: (wanted) => void (setting = wanted),
    recover: async (definitions) => {
      const known = new Map(definitions.map((definition) => [definition.id, definition]));
      for (const running of files.read()) {
        const definition = known.get(running.definition.id) ?? running.definition;
        machineOf(definition).run({ ...running, definition }, { boots: running.migration === null });
      }
    },
    start: async (start) => {
      const machine = machineOf(start.definition);
      if (machine.running()?.migration)
        throw new AppError('wrong_state', 'Cannot start the instance: its migration is not finished');
      if (machine.isUp()) return;
      await faults.pass('hypervisor.start');
      await startMachine(machine, start, timing.startMs);
    },
    stop: async (stop) => {
      const machine = machines.get(stop.instanceId);
      if (!machine?.running()) return { forced: false };
      await faults.pass('hypervisor.stop', stop.signal);
      return stopMachine(machine, stop, timing.shutdownMs);
    },
    reset: async (id) => {
      await faults.pass('hypervisor.reset');
      const { guest, definition } = requireUp(machines.get(id), 'reset the instance');
      guest.boot(definition());
    },
    cleanup: async (id) => {
      await faults.pass('hypervisor.cleanup');
      refuseUp(machines.get(id));
      theirs?.drop(id);
      await forget(id);
    },
    foreign: theirs?.foreign({ faults, ...known }),
    list: () => [...machines.values()].map((machine) => machine.seen()),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...createSimulatedLive({ faults, doors, migrateMs, ...known }),
    openConsole: async (id, kind) => {
      const machine = machines.get(id);
      if (kind === 'serial' && machine) return machine.guest.view();
      return openScreen(requireUp(machine, 'open the screen').definition().name);
    },
    close: async () => {
      listeners.clear();
      machines.forEach((machine) => machine.close());
    },
  };
}

function refuseUp(machine: SimulatedMachine | undefined): void {
  if (machine?.running()) throw new AppError('wrong_state', 'Cannot clean up after an instance that runs');
}

function requireUp(machine: SimulatedMachine | undefined, doing: string): SimulatedMachine {
  if (machine?.isUp()) return machine;
  throw new AppError('wrong_state', `Cannot ${doing}: the instance does not run`);
}

async function startMachine(machine: SimulatedMachine, start: StartRequest, startMs: number): Promise<void> {
  const { name } = start.definition;
  await pause(startMs);
  if (name.startsWith('fail-start-'))
    throw new AppError('tool_failed', `Cannot start ${name}: simulated failure`);
  machine.run(runningOf(start));
}

async function stopMachine(machine: SimulatedMachine, stop: StopRequest, shutdownMs: number) {
  const forced =
    stop.force ||
    ['sent', 'receiving'].includes(machine.seen().migration ?? '') ||
    (await ignoresAcpi(machine, stop, shutdownMs));
  if (!forced) machine.guest.say('\r\nThe system is going down.\r\n[    9.000000] reboot: Power down\r\n');
  machine.end('absent', null);
  return { forced };
}

/** True when it has to be forced: the guest does not listen and its time is up. */
async function ignoresAcpi(
  machine: SimulatedMachine,
  { timeoutMs, signal }: StopRequest,
  shutdownMs: number,
) {
  const isDeaf = machine.definition().name.startsWith('ignore-acpi-') || machine.running()?.paused === true;
  const needsMs = isDeaf ? Infinity : shutdownMs;
  await pause(Math.min(needsMs, timeoutMs), signal);
  return needsMs > timeoutMs;
}
