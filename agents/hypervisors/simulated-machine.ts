// One simulated instance: its state, its guest, and the timer of a guest that is going to crash.
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { createGuest, type SimulatedGuest } from './simulated-guest';
import type { Running } from './simulated-state';

export type SimulatedMachine = {
  readonly guest: SimulatedGuest;
  definition(): InstanceDefinition;
  seen(): ObservedInstance;
  /** What it is while it runs, also of one that arrives; else null. */
  running(): Running | null;
  /** The guest is here and hears. */
  isUp(): boolean;
  /** Takes its place, and boots unless it arrives or is found again; what its serial line said before stays readable above. */
  run(running: Running, options?: { boots: boolean }): void;
  /** What changes while it runs; kept and told. */
  change(changes: Partial<Running> & { sending?: boolean }): void;
  /** Ends without being asked; ignored when it does not run. */
  end(operState: 'shutdown' | 'crashed' | 'absent', detail: string | null): void;
  close(): void;
};

type MachineParts = {
  crashAfterMs: number;
  onChange(seen: ObservedInstance, running: Running | null): void;
};

export function createMachine(
  first: InstanceDefinition,
  { crashAfterMs, onChange }: MachineParts,
): SimulatedMachine {
  let definition = first;
  let crashTimer: NodeJS.Timeout | undefined;
  let running: Running | null = null;
  let isSending = false;
  let seen = see('absent', null);

  function see(operState: ObservedInstance['operState'], detail: string | null): ObservedInstance {
    const { id, name } = definition;
    const runs = running !== null && operState !== 'absent';
    return {
      ...{ id, name, operState, detail, since: new Date().toISOString() },
      accelerator: runs ? 'simulated' : null,
      memoryMiB: runs && running ? running.memoryMiB : null,
      migration: isSending ? 'sending' : (running?.migration ?? null),
    };
  }
  const look = () => {
    if (!running) return;
    const live = running.paused ? 'paused' : 'running';
    const now = see(running.migration === 'receiving' ? 'absent' : live, null);
    seen = { ...now, since: now.operState === seen.operState ? seen.since : now.since };
    onChange(seen, running);
  };
  const isUp = () => running !== null && running.migration !== 'receiving';
  const end: SimulatedMachine['end'] = (operState, detail) => {
    if (!running) return;
    clearTimeout(crashTimer);
    running = null;
    isSending = false;
    seen = see(operState, detail);
    onChange(seen, null);
  };
  const guest: SimulatedGuest = createGuest({
    isUp: () => isUp() && !running?.paused && running?.migration === null,
    powerOff: () => end('shutdown', null),
    reboot: () => (running?.machine.hvParams.rebootBehavior === 'exit' ? end('shutdown', null) : reboot()),
    crash: (reason) => end('crashed', reason),
  });
  const reboot = () => guest.boot(definition);

  return {
    guest,
    definition: () => definition,
    seen: () => seen,
    running: () => running,
    isUp,
    run: (next, { boots } = { boots: true }) => {
      definition = next.definition;
      running = next;
      isSending = false;
      if (boots) guest.boot(definition);
      else guest.resume(definition);
      seen = { ...see('running', null), since: next.since };
      look();
      if (!definition.name.startsWith('crash-')) return;
      crashTimer = setTimeout(() => end('crashed', 'simulated crash'), crashAfterMs);
      crashTimer.unref();
    },
    change: ({ sending = isSending, ...changes }) => {
      if (!running) return;
      isSending = sending;
      running = { ...running, ...changes };
      look();
    },
    end,
    close: () => {
      clearTimeout(crashTimer);
      guest.close();
    },
  };
}
