// Faults of simulated drivers: by the name of an instance, for people and end-to-end tests, or by rule, for tests (docs/simulated.md).
import { AppError } from '@/contract/errors';

export const faultPoints = [
  'hypervisor.start',
  'hypervisor.stop',
  'hypervisor.reset',
  'hypervisor.cleanup',
  'hypervisor.pause',
  'hypervisor.resume',
  'hypervisor.plug',
  'hypervisor.unplug',
  'hypervisor.resizeDisk',
  'hypervisor.balloon',
  'hypervisor.changeCd',
  'hypervisor.receive',
  'hypervisor.migrate',
  // Each tenth of one.
  'hypervisor.migrate.part',
  'hypervisor.finish',
  'hypervisor.takeOver',
  'hypervisor.letGo',
  'storage.create',
  'storage.assemble',
  'storage.open',
  'storage.close',
  'storage.shutdown',
  'storage.remove',
  'storage.grow',
  'storage.give',
  'storage.adopt',
  'storage.disown',
  'copy.receive',
  'copy.send',
  'copy.settle',
  'mirror.status',
  'mirror.connect',
  'mirror.settle',
  'mirror.renew',
  'mirror.pauseSync',
  'mirror.snapshot',
  'network.plug',
  'network.unplug',
  'os.verify',
  'os.install',
  'os.save',
  'os.rename',
  'os.boot',
  'image.check',
  'hooks.run',
  'fence.off',
  'fence.status',
  'volume.remove',
  'command.run',
  'file.put',
] as const;
export type FaultPoint = (typeof faultPoints)[number];

/** `nth`: which call counts, from now on; 1 is the next one. */
type Rule = { nth?: number };

export type Faults = {
  /** Every verb of a simulated driver comes by here before it does anything. */
  pass(point: FaultPoint, signal?: AbortSignal): Promise<void>;
  fail(point: FaultPoint, rule?: Rule & { error?: AppError }): void;
  /** The call waits until the answered function is called or its caller gives up. */
  hang(point: FaultPoint, rule?: Rule): () => void;
  /** How often a point was passed, faults included. */
  count(point: FaultPoint): number;
  clear(): void;
};

type Pending = { left: number; strike(signal?: AbortSignal): Promise<void> };

export function createFaults(): Faults {
  const rules = new Map<FaultPoint, Pending[]>();
  const counts = new Map<FaultPoint, number>();
  const add = (point: FaultPoint, rule: Pending) => rules.set(point, [...(rules.get(point) ?? []), rule]);
  return {
    pass: async (point, signal) => {
      counts.set(point, (counts.get(point) ?? 0) + 1);
      const due = (rules.get(point) ?? []).filter((rule) => --rule.left === 0);
      for (const rule of due) await rule.strike(signal);
    },
    fail: (point, { nth = 1, error } = {}) => {
      const failure = error ?? new AppError('tool_failed', `simulated failure of ${point}`);
      add(point, { left: nth, strike: () => Promise.reject(failure) });
    },
    hang: (point, { nth = 1 } = {}) => {
      let release = () => {};
      const released = new Promise<void>((resolve) => (release = resolve));
      add(point, { left: nth, strike: (signal) => untilReleased(released, signal) });
      return release;
    },
    count: (point) => counts.get(point) ?? 0,
    clear: () => rules.clear(),
  };
}

function untilReleased(released: Promise<void>, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    void released.then(resolve);
    const onAbort = () => reject(new AppError('canceled', 'canceled'));
    if (signal?.aborted) onAbort();
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
