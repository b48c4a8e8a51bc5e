// Data generations of one side of a simulated mirror: a small model of DRBD's own (drbd-generation-identifiers in its user's guide).
// A side that is written while it is alone begins a generation and remembers the one in which the sides parted.
import { randomBytes } from 'node:crypto';
import { z } from 'zod';

const Id = z.string().regex(/^[0-9A-F]{16}$/);
export const Generations = z.object({ current: Id, bitmap: Id, history: z.array(Id) });
export type Generations = z.infer<typeof Generations>;

const none = '0'.repeat(16);
/** Never in step with anything. */
export const fresh: Generations = { current: '0000000000000004', bitmap: none, history: [] };
const isFresh = ({ current }: Generations) => current === fresh.current;
const makeId = () => randomBytes(8).toString('hex').toUpperCase();
const kept = 8;

/** Both sides have the same, from the first. */
export function firstGeneration(): Generations {
  return { current: makeId(), bitmap: none, history: [] };
}

/** Changed while the other side does not see it. */
export function nextGeneration({ current, bitmap, history }: Generations): Generations {
  if (bitmap === none) return { current: makeId(), bitmap: current, history };
  return { current: makeId(), bitmap, history: [current, ...history].slice(0, kept) };
}

/** What both sides have once the other one has received everything. */
export function inStep({ current, bitmap, history }: Generations): Generations {
  const past = [bitmap, ...history].filter((id) => id !== none && id !== fresh.current);
  return { current, bitmap: none, history: past.slice(0, kept) };
}

export type Comparison = 'bothFresh' | 'same' | 'ahead' | 'behind' | 'splitBrain' | 'unrelated';

/** How `mine` stands to `theirs`. */
export function compare(mine: Generations, theirs: Generations): Comparison {
  if (isFresh(mine) && isFresh(theirs)) return 'bothFresh';
  if (isFresh(mine)) return 'behind';
  if (isFresh(theirs)) return 'ahead';
  if (mine.current === theirs.current) return 'same';
  if (pastOf(mine).includes(theirs.current)) return 'ahead';
  if (pastOf(theirs).includes(mine.current)) return 'behind';
  return pastOf(mine).some((id) => pastOf(theirs).includes(id)) ? 'splitBrain' : 'unrelated';
}

export function hasParted({ bitmap }: Generations): boolean {
  return bitmap !== none;
}

function pastOf({ bitmap, history }: Generations): string[] {
  return [bitmap, ...history].filter((id) => id !== none);
}
