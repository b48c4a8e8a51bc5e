// When facts are worth telling again: free memory and disk breathe all the time, everything else counts at once.
import type { NodeFacts } from '@/contract/schemas/node';
import { poolKey } from './node-facts';

const noticeableMiB = 64;
const noticeablePart = 0.01;

export function changedNoticeably(before: NodeFacts, after: NodeFacts): boolean {
  return (
    movedNoticeably(before.memory, after.memory) ||
    stableText(before) !== stableText(after) ||
    after.pools.some((pool, index) => movedNoticeably(before.pools[index] ?? pool, pool))
  );
}

type Space = { totalMiB: number; freeMiB: number };

/** By 1 % of the whole or 64 MiB, whichever is more: on a large machine 64 MiB is noise. */
function movedNoticeably(before: Space, after: Space): boolean {
  const limit = Math.max(noticeableMiB, after.totalMiB * noticeablePart);
  return before.totalMiB !== after.totalMiB || Math.abs(before.freeMiB - after.freeMiB) >= limit;
}

function stableText(facts: NodeFacts): string {
  return JSON.stringify({ ...facts, clock: null, memory: null, pools: facts.pools.map(poolKey) });
}
