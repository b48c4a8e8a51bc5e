// How many consoles, or live streams, one user may have open, and open in a minute: a cheap request must not become an expensive crowd.
import { AppError, type ErrorCode } from '@/contract/errors';

export type OpenLimit = { atOnce: number; perMinute: number; things: string; code: ErrorCode };
/** Of consoles. */
export const openLimits = {
  ...{ atOnce: 20, perMinute: 200 },
  ...{ things: 'consoles', code: 'no_resources' },
} as const satisfies OpenLimit;
const minuteMs = 60_000;

export type OpenLimits = {
  /** Takes a place, or refuses. The answer gives the place back; calling it again does nothing. */
  enter(userId: string): () => void;
};

export function createOpenLimits(
  { atOnce, perMinute, things, code }: OpenLimit = openLimits,
  now: () => number = Date.now,
): OpenLimits {
  const users = new Map<string, { open: number; recent: number[] }>();
  const forgetIdle = () => {
    const since = now() - minuteMs;
    for (const [userId, entry] of users)
      if (entry.open === 0 && (entry.recent.at(-1) ?? 0) <= since) users.delete(userId);
  };
  return {
    enter(userId) {
      forgetIdle();
      const entry = users.get(userId) ?? { open: 0, recent: [] };
      users.set(userId, entry);
      entry.recent = entry.recent.filter((at) => at > now() - minuteMs);
      if (entry.recent.length >= perMinute)
        throw new AppError(code, `Too many ${things} were opened within a minute; wait a little`);
      entry.recent.push(now());
      if (entry.open >= atOnce)
        throw new AppError(code, `${atOnce} ${things} are open already; close one first`);
      entry.open += 1;
      let entered = true;
      return () => {
        if (entered) entry.open -= 1;
        entered = false;
      };
    },
  };
}
