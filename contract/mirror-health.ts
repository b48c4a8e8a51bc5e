// What is wrong with a mirror, from what its two nodes last told of it, and which of two sides that contradict each other is ahead. Pages show
// it and offer the repair by it; operations look again for themselves.
import { type MirrorStatus, isMirrored } from './schemas/disk';
import type { MirrorSideView, MirrorSummary } from './schemas/instance-parts';

export const mirrorHealths = [
  'mirrored',
  'synchronising',
  /** The disks were taken down for maintenance. */
  'inactive',
  /** Each side holds changes that the other one lacks: somebody has to choose one. */
  'splitBrain',
  /** No node answers. */
  'unreachable',
  /** One node does not answer: what is written is on the other one alone. */
  'degraded',
  /** One side has lost its disk, and lives from the other one over the network. */
  'diskless',
  /** One side holds only a part of the data, and nothing fills it. */
  'incomplete',
  /** A device is not up. */
  'down',
  /** The sides do not look for each other. */
  'standAlone',
  /** They look for each other. */
  'connecting',
  'unknown',
] as const;
export type MirrorHealth = (typeof mirrorHealths)[number];

type Side = Pick<MirrorSideView, 'nodeState' | 'status'>;
type Seen = Omit<MirrorStatus, 'diskId'>;

const lost: MirrorStatus['diskState'][] = ['diskless', 'failed', 'detaching'];

/** The first of these that holds, the worst first. What a node said that does not answer any more is not taken for true. */
export function mirrorHealth(
  sides: readonly Side[],
  { disksActive }: { disksActive: boolean },
): MirrorHealth {
  if (!disksActive) return 'inactive';
  const present = sides.filter(({ nodeState }) => nodeState === 'online');
  if (present.length === 0) return 'unreachable';
  const seen = present.flatMap(({ status }) => status ?? []);
  if (seen.some(({ splitBrain }) => splitBrain)) return 'splitBrain';
  if (present.length < sides.length) return 'degraded';
  if (seen.length < sides.length) return 'unknown';
  return healthOf(seen);
}

function healthOf(seen: readonly Seen[]): MirrorHealth {
  const isUp = ({ connection }: Seen) => connection !== 'down';
  if (seen.some((side) => isUp(side) && lost.includes(side.diskState))) return 'diskless';
  if (!seen.every(isUp)) return 'down';
  if (seen.every((side) => isMirrored({ ...side, diskId: '' }))) return 'mirrored';
  if (seen.some(({ sync }) => sync === 'source' || sync === 'target' || sync === 'paused'))
    return 'synchronising';
  if (seen.some(({ connection }) => connection === 'standAlone')) return 'standAlone';
  return seen.every(({ connection }) => connection === 'connected') ? 'incomplete' : 'connecting';
}

/** The share that both sides are in step with, 0 to 1: the smaller one where they tell different ones. */
export function syncDone(sides: readonly Side[]): number | null {
  const shares = sides.flatMap(({ status }) => status?.syncDone ?? []);
  return shares.length === 0 ? null : Math.min(...shares);
}

/** What those may know who see no nodes. */
export function mirrorSummary(sides: readonly Side[], disks: { disksActive: boolean }): MirrorSummary {
  const health = mirrorHealth(sides, disks);
  if (health === 'mirrored') return { state: 'mirrored', syncDone: null };
  if (health === 'synchronising') return { state: 'synchronising', syncDone: syncDone(sides) };
  if (health === 'unknown' || health === 'inactive') return { state: 'unknown', syncDone: null };
  return { state: 'notMirrored', syncDone: null };
}

export type GenerationOrder = 'same' | 'ahead' | 'behind' | 'parted' | 'unrelated' | 'unknown';

const nothing = '0'.repeat(16);

/**
 * How what one side holds stands to the other one's. `ahead`: it went on from what the other one still has. `parted`: both went on from what
 * they once had in common. Generations tell no times.
 */
export function compareGenerations(mine: readonly string[], theirs: readonly string[]): GenerationOrder {
  const [current, ...past] = mine;
  const [theirCurrent, ...theirPast] = theirs;
  if (!current || !theirCurrent) return 'unknown';
  if (current === theirCurrent) return 'same';
  if (past.includes(theirCurrent)) return 'ahead';
  if (theirPast.includes(current)) return 'behind';
  return past.some((id) => id !== nothing && theirPast.includes(id)) ? 'parted' : 'unrelated';
}

/**
 * Whether the side on the secondary node is known to hold everything that was written. `isPrimaryOff`: the primary node is known to be off, so
 * what it said last counts; else what the secondary node says now.
 */
export function holdsEverything(
  sides: readonly Pick<MirrorSideView, 'isPrimaryNode' | 'status'>[],
  { isPrimaryOff }: { isPrimaryOff: boolean },
): boolean {
  const mirrored = (status: Seen | null | undefined) =>
    Boolean(status && isMirrored({ ...status, diskId: '' }));
  const left = sides.find(({ isPrimaryNode }) => !isPrimaryNode)?.status;
  if (!isPrimaryOff) return mirrored(left);
  const last = sides.find(({ isPrimaryNode }) => isPrimaryNode)?.status;
  return left?.diskState === 'upToDate' && mirrored(last);
}
