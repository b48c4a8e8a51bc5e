// Timers that a test moves by hand.
import type { Ticker } from '../observe';

export function handTicker() {
  const timers = new Set<{ everyMs: number; tick: () => void }>();
  const ticker: Ticker = (everyMs, tick) => {
    const timer = { everyMs, tick };
    timers.add(timer);
    return () => timers.delete(timer);
  };
  const tick = (everyMs: number) => {
    for (const timer of timers) if (timer.everyMs === everyMs) timer.tick();
  };
  return { ticker, tick, count: () => timers.size };
}
