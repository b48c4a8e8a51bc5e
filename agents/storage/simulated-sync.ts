// Synchronisations between sides that are connected: what the source holds at their begin is what the target has at their end, some ticks later.
import type { Ticker } from '../observe';
import { inStep } from './simulated-generations';
import type { Side } from './simulated-sides';

export type Link = { ends: readonly [Side, Side]; sync: Sync | null };
type Sync = { source: Side; target: Side; ticks: number };

export type SyncTiming = {
  /** How many ticks a synchronisation takes; 0: none. */
  syncTicks?: number;
  tickMs?: number;
  /** Without one, `tick` has to be called. */
  ticker?: Ticker;
};

export type SyncProgress = { isSource: boolean; done: number; secondsLeft: number };

export type Syncs = {
  start(link: Link, source: Side): void;
  progressOf(side: Side, link: Link): SyncProgress | null;
  /** One step of each. */
  tick(): void;
};

export function createSyncs(
  links: ReadonlySet<Link>,
  { syncTicks = 0, tickMs = 500, ticker }: SyncTiming,
): Syncs {
  let stopTicking: (() => void) | undefined;
  /** Whether that was the last one. */
  const step = (link: Link): boolean => {
    const { sync } = link;
    if (!sync || link.ends.some(({ state }) => state.device?.paused)) return false;
    sync.ticks += 1;
    if (sync.ticks < syncTicks) return false;
    finish(link, sync);
    return true;
  };
  const tick = () => {
    for (const link of links) {
      if (step(link)) link.ends.forEach((end) => end.changed());
    }
    if ([...links].some(({ sync }) => sync)) return;
    stopTicking?.();
    stopTicking = undefined;
  };
  return {
    start: (link, source) => {
      const target = otherEnd(link, source);
      const { content, deviceMiB } = source.state;
      Object.assign(target.state, { content, deviceMiB, isWhole: false });
      link.sync = { source, target, ticks: 0 };
      if (syncTicks > 0 || !step(link)) stopTicking ??= ticker?.(tickMs, tick);
    },
    progressOf: (side, { sync }) => {
      if (!sync) return null;
      const secondsLeft = Math.ceil(((syncTicks - sync.ticks) * tickMs) / 1000);
      return {
        isSource: sync.source === side,
        done: syncTicks > 0 ? sync.ticks / syncTicks : 0,
        secondsLeft,
      };
    },
    tick,
  };
}

function finish(link: Link, { source, target }: Sync): void {
  link.sync = null;
  source.state.generations = inStep(source.state.generations);
  Object.assign(target.state, { generations: source.state.generations, isWhole: true });
}

export function otherEnd({ ends: [a, b] }: Link, side: Side): Side {
  return a === side ? b : a;
}
