// Two simulated sides that could meet: whether they belong together, and what they then make of each other.
import type { MirrorSpec } from '@/contract/schemas/disk';
import { compare, fresh } from './simulated-generations';
import type { Side } from './simulated-sides';

/** Each is what the other one was told of its peer. */
export function belong(a: Side, b: Side): boolean {
  const [mine, theirs] = [a.state.device?.mirror, b.state.device?.mirror];
  if (!mine || !theirs) return false;
  const fits = (one: MirrorSpec['local'], other: MirrorSpec['local']) =>
    one.address === other.address && one.drbdNodeId === other.drbdNodeId;
  return (
    mine.port === theirs.port &&
    mine.secret === theirs.secret &&
    fits(mine.local, theirs.peer) &&
    fits(mine.peer, theirs.local)
  );
}

export type Outcome =
  { kind: 'link'; source: Side | null } | { kind: 'drop'; why: 'splitBrain' | 'unrelated' };

/** What two sides that meet make of each other. */
export function judge(a: Side, b: Side): Outcome {
  const comparison = compare(a.state.generations, b.state.generations);
  if (comparison === 'bothFresh') return { kind: 'link', source: null };
  if (comparison === 'ahead') return carry(a, b);
  if (comparison === 'behind') return carry(b, a);
  if (comparison === 'unrelated') return { kind: 'drop', why: 'unrelated' };
  if (comparison === 'splitBrain') return discard(a, b);
  if (a.state.isWhole === b.state.isWhole) return { kind: 'link', source: null };
  return a.state.isWhole ? carry(a, b) : carry(b, a);
}

function carry(source: Side, target: Side): Outcome {
  if (!source.state.isWhole) return { kind: 'drop', why: 'unrelated' };
  // It has been in use all the time: what it wrote would be lost.
  if (target.state.device?.role === 'primary') return { kind: 'drop', why: 'splitBrain' };
  return { kind: 'link', source };
}

/** After a split brain one side has to be given up, by somebody's wish. */
function discard(a: Side, b: Side): Outcome {
  const [victim, further] = [a, b].filter(({ state }) => state.device?.wish === 'discardLocal');
  if (!victim || further || victim.state.device?.role === 'primary')
    return { kind: 'drop', why: 'splitBrain' };
  victim.state.generations = fresh;
  return carry(victim === a ? b : a, victim);
}
