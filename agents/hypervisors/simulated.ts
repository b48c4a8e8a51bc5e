// Instances that only say they run. They live in the folder they are given, so that "running" ones are found again after an agent restart,
// as real guests would be. Names that start with a sentinel misbehave on purpose (docs/simulated.md).
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import type { Faults } from '../simulated-faults';
import type { Hypervisor, StopRequest } from './hypervisor';
import { createGuest, type SimulatedGuest } from './simulated-guest';
import { openScreen } from './simulated-screen';
import { createRunningFiles } from './simulated-state';

export type SimulatedHypervisorRequest = {
  folder: string;
  faults: Faults;
  /** How long the simulated things take. */
  timing?: { startMs: number; shutdownMs: number; crashAfterMs: number };
};

type Machine = {
  definition: InstanceDefinition;
  guest: SimulatedGuest;
  seen: ObservedInstance;
  crashTimer?: NodeJS.Timeout;
};

export const promptTiming = { startMs: 0, shutdownMs: 0, crashAfterMs: 0 };

export function createSimulatedHypervisor(request: SimulatedHypervisorRequest): Hypervisor {
  const { faults, folder, timing = promptTiming } = request;
  const files = createRunningFiles(folder);
  const machines = new Map<string, Machine>();
  const listeners = new Set<(observed: ObservedInstance) => void>();

  const change = (
    machine: Machine,
    operState: ObservedInstance['operState'],
    detail: string | null = null,
  ) => {
    const running = operState === 'running';
    if (!running) files.remove(machine.definition.id);
    if (!running) clearTimeout(machine.crashTimer);
    machine.seen = {
      ...machine.seen,
      operState,
      detail,
      since: new Date().toISOString(),
      accelerator: running ? 'simulated' : null,
    };
    listeners.forEach((listener) => listener(machine.seen));
  };
  const isUp = (machine: Machine | undefined): machine is Machine => machine?.seen.operState === 'running';
  const endByItself = (id: string, operState: 'shutdown' | 'crashed', detail: string) => {
    const machine = machines.get(id);
    if (isUp(machine)) change(machine, operState, detail);
  };
  const machineOf = (definition: InstanceDefinition): Machine => {
    const { id, name } = definition;
    const guest = createGuest(definition, {
      powerOff: () => endByItself(id, 'shutdown', 'the guest powered itself off'),
      reboot: () => guest.boot(),
      crash: (reason) => endByItself(id, 'crashed', reason),
    });
    const since = new Date().toISOString();
    return {
      definition,
      guest,
      seen: { id, name, operState: 'absent', since, detail: null, accelerator: null },
    };
  };
  const run = (machine: Machine) => {
    const { id, name } = machine.definition;
    machine.guest.boot();
    change(machine, 'running');
    if (!name.startsWith('crash-')) return;
    machine.crashTimer = setTimeout(() => endByItself(id, 'crashed', 'simulated crash'), timing.crashAfterMs);
    machine.crashTimer.unref();
  };

  return {
    kind: 'simulated',
    version: async () => '1.0',
    accelerator: () => ({ setting: 'auto', used: 'tcg', reason: 'Simulated: nothing is executed.' }),
    configure: () => {},
    recover: async (definitions) => {
      const known = new Map(definitions.map((definition) => [definition.id, definition]));
      for (const running of files.read()) {
        const machine = machineOf(known.get(running.id) ?? running);
        machines.set(running.id, machine);
        run(machine);
      }
    },
    start: async ({ definition }) => {
      if (isUp(machines.get(definition.id))) return;
      await faults.pass('hypervisor.start');
      await pause(timing.startMs);
      if (definition.name.startsWith('fail-start-'))
        throw new AppError('tool_failed', 'simulated failure of the start');
      machines.get(definition.id)?.guest.close();
      const machine = machineOf(definition);
      machines.set(definition.id, machine);
      files.write(definition);
      run(machine);
    },
    stop: async (stop) => {
      const machine = machines.get(stop.instanceId);
      if (!isUp(machine)) return { forced: false };
      await faults.pass('hypervisor.stop', stop.signal);
      const forced = stop.force || (await ignoresAcpi(machine.definition, stop, timing.shutdownMs));
      // It may have ended by itself while it was asked.
      if (machine.seen.operState === 'running') {
        if (!forced)
          machine.guest.say('\r\nThe system is going down.\r\n[    9.000000] reboot: Power down\r\n');
        change(machine, 'absent');
      }
      return { forced };
    },
    reset: async (id) => {
      await faults.pass('hypervisor.reset');
      const machine = machines.get(id);
      if (!isUp(machine)) throw new AppError('wrong_state', 'it is not running');
      machine.guest.boot();
    },
    cleanup: async (id) => {
      await faults.pass('hypervisor.cleanup');
      if (isUp(machines.get(id))) throw new AppError('wrong_state', 'it is running');
      machines.get(id)?.guest.close();
      machines.delete(id);
      files.remove(id);
    },
    list: () => [...machines.values()].map(({ seen }) => seen),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    openConsole: async (id, kind) => {
      const machine = machines.get(id);
      if (kind === 'serial' && machine) return machine.guest.view();
      if (isUp(machine)) return openScreen(machine.definition.name);
      throw new AppError('wrong_state', 'Cannot open the console: the instance is not running');
    },
    close: async () => {
      for (const machine of machines.values()) {
        clearTimeout(machine.crashTimer);
        machine.guest.close();
      }
    },
  };
}

/** True when it had to be forced: the guest does not listen and its time is up. */
async function ignoresAcpi(
  { name }: InstanceDefinition,
  { timeoutMs, signal }: StopRequest,
  shutdownMs: number,
) {
  const deaf = name.startsWith('ignore-acpi-');
  await pause(deaf ? timeoutMs : Math.min(shutdownMs, timeoutMs), signal);
  return deaf || shutdownMs > timeoutMs;
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(new AppError('canceled', 'canceled'));
  if (ms <= 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(new AppError('canceled', 'canceled'));
      },
      { once: true },
    );
  });
}
