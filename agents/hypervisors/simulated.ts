// Instances that only say they run. They live in the folder they are given, so that "running" ones are found again after an agent restart,
// as real guests would be. Names that start with a sentinel misbehave on purpose (docs/simulated.md).
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import type { AcceleratorSetting } from '@/contract/schemas/node';
import type { Faults } from '../simulated-faults';
import type { Hypervisor, StopRequest } from './hypervisor';
import { createMachine, type SimulatedMachine } from './simulated-machine';
import { openScreen } from './simulated-screen';
import { createRunningFiles } from './simulated-state';

/** How long simulated things take. */
export type SimulatedTiming = { startMs: number; shutdownMs: number; crashAfterMs: number };
export type SimulatedHypervisorRequest = { folder: string; faults: Faults; timing?: SimulatedTiming };

const atOnce: SimulatedTiming = { startMs: 0, shutdownMs: 0, crashAfterMs: 0 };

export function createSimulatedHypervisor(request: SimulatedHypervisorRequest): Hypervisor {
  const { faults, folder, timing = atOnce } = request;
  const files = createRunningFiles(folder);
  const machines = new Map<string, SimulatedMachine>();
  const listeners = new Set<(observed: ObservedInstance) => void>();
  let setting: AcceleratorSetting = 'auto';

  const onChange = (seen: ObservedInstance) => {
    if (seen.operState !== 'running') files.remove(seen.id);
    listeners.forEach((listener) => listener(seen));
  };
  const machineOf = (definition: InstanceDefinition): SimulatedMachine => {
    const known = machines.get(definition.id);
    if (known) return known;
    const machine = createMachine(definition, { crashAfterMs: timing.crashAfterMs, onChange });
    machines.set(definition.id, machine);
    return machine;
  };
  const upMachine = (id: string, doing: string): SimulatedMachine => {
    const machine = machines.get(id);
    if (machine?.isUp()) return machine;
    throw new AppError('wrong_state', `Cannot ${doing}: the instance does not run`, {
      details: { instanceId: id },
    });
  };

  return {
    kind: 'simulated',
    version: async () => '1.0',
    accelerator: () => ({ setting, used: 'tcg', reason: 'Simulated: nothing is executed.' }),
    configure: (wanted) => void (setting = wanted),
    recover: async (definitions) => {
      const known = new Map(definitions.map((definition) => [definition.id, definition]));
      for (const { definition, since } of files.read())
        machineOf(definition).run({ definition: known.get(definition.id) ?? definition, since });
    },
    start: async ({ definition }) => {
      const machine = machineOf(definition);
      if (machine.isUp()) return;
      await faults.pass('hypervisor.start');
      await pause(timing.startMs);
      if (definition.name.startsWith('fail-start-'))
        throw new AppError('tool_failed', `Cannot start ${definition.name}: simulated failure`);
      const running = { definition, since: new Date().toISOString() };
      files.write(running);
      machine.run(running);
    },
    stop: async (stop) => {
      const machine = machines.get(stop.instanceId);
      if (!machine?.isUp()) return { forced: false };
      await faults.pass('hypervisor.stop', stop.signal);
      return stopMachine(machine, stop, timing.shutdownMs);
    },
    reset: async (id) => {
      await faults.pass('hypervisor.reset');
      const machine = upMachine(id, 'reset the instance');
      machine.guest.boot(machine.definition());
    },
    cleanup: async (id) => {
      await faults.pass('hypervisor.cleanup');
      if (machines.get(id)?.isUp())
        throw new AppError('wrong_state', 'Cannot clean up after an instance that runs');
      machines.get(id)?.close();
      machines.delete(id);
      files.remove(id);
    },
    list: () => [...machines.values()].map((machine) => machine.seen()),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openConsole: async (id, kind) => {
      const machine = machines.get(id);
      if (kind === 'serial' && machine) return machine.guest.view();
      return openScreen(upMachine(id, 'open the console').definition().name);
    },
    close: async () => {
      listeners.clear();
      machines.forEach((machine) => machine.close());
    },
  };
}

async function stopMachine(machine: SimulatedMachine, stop: StopRequest, shutdownMs: number) {
  const forced = stop.force || (await ignoresAcpi(machine, stop, shutdownMs));
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
  const isDeaf = machine.definition().name.startsWith('ignore-acpi-');
  const needsMs = isDeaf ? Infinity : shutdownMs;
  await pause(Math.min(needsMs, timeoutMs), signal);
  return needsMs > timeoutMs;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(new AppError('canceled', 'canceled'));
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer);
      reject(new AppError('canceled', 'canceled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', onAbort);
  });
}
