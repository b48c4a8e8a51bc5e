// One simulated instance: its state, its guest, and the timer of a guest that is going to crash.
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { createGuest, type SimulatedGuest } from './simulated-guest';
import type { Running } from './simulated-state';

export type SimulatedMachine = {
  readonly guest: SimulatedGuest;
  definition(): InstanceDefinition;
  seen(): ObservedInstance;
  isUp(): boolean;
  /** Boots; what its serial line said before stays readable above. */
  run(running: Running): void;
  /** Ends without being asked; ignored when it does not run. */
  end(operState: 'shutdown' | 'crashed' | 'absent', detail: string | null): void;
  close(): void;
};

type MachineParts = { crashAfterMs: number; onChange(seen: ObservedInstance): void };

export function createMachine(
  first: InstanceDefinition,
  { crashAfterMs, onChange }: MachineParts,
): SimulatedMachine {
  let definition = first;
  let crashTimer: NodeJS.Timeout | undefined;
  let seen = see('absent', null);

  function see(operState: ObservedInstance['operState'], detail: string | null): ObservedInstance {
    const { id, name } = definition;
    const accelerator = operState === 'running' ? 'simulated' : null;
    return { id, name, operState, detail, accelerator, since: new Date().toISOString() };
  }
  const isUp = () => seen.operState === 'running';
  const end: SimulatedMachine['end'] = (operState, detail) => {
    if (!isUp()) return;
    clearTimeout(crashTimer);
    seen = see(operState, detail);
    onChange(seen);
  };
  const guest: SimulatedGuest = createGuest({
    isUp,
    powerOff: () => end('shutdown', null),
    reboot: () => guest.boot(definition),
    crash: (reason) => end('crashed', reason),
  });

  return {
    guest,
    definition: () => definition,
    seen: () => seen,
    isUp,
    run: (next) => {
      definition = next.definition;
      seen = { ...see('running', null), since: next.since };
      guest.boot(definition);
      onChange(seen);
      if (!definition.name.startsWith('crash-')) return;
      crashTimer = setTimeout(() => end('crashed', 'simulated crash'), crashAfterMs);
      crashTimer.unref();
    },
    end,
    close: () => {
      clearTimeout(crashTimer);
      guest.close();
    },
  };
}
