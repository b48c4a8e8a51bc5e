// Timers that a test moves by hand.
import type { Ticker } from '../observe';

export function handTicker() {
  const ticks = new Map<number, () => void>();
  const ticker: Ticker = (everyMs, tick) => {
    ticks.set(everyMs, tick);
    return () => ticks.delete(everyMs);
  };
  return { ticker, tick: (everyMs: number) => ticks.get(everyMs)?.(), count: () => ticks.size };
}
