// Which repair belongs to what is wrong with a mirror.
import type { GenerationOrder, MirrorHealth } from '@/contract/mirror-health';
import type { InstanceDisk, MirrorSideView } from '@/contract/schemas/instance-parts';

/** `activate`: bring both sides up and let them meet. `renew`: make the lost side anew. `move`, `failover`: away from the node that is gone. */
export type Repair =
  | { kind: 'activate' | 'renew' | 'split' | 'wait' }
  | { kind: 'move' | 'failover'; away: MirrorSideView; left: MirrorSideView }
  | { kind: 'goTo'; nodes: MirrorSideView['node'][] };

/** null where nothing has to be repaired. */
export function repairOf(health: MirrorHealth, { sides }: Pick<InstanceDisk, 'sides'>): Repair | null {
  switch (health) {
    case 'mirrored':
    case 'synchronising':
      return null;
    case 'splitBrain':
      return { kind: 'split' };
    case 'diskless':
      return { kind: 'renew' };
    case 'unreachable':
      return { kind: 'goTo', nodes: sides.map(({ node }) => node) };
    case 'degraded':
      return degraded(sides);
    case 'unknown':
      return { kind: 'wait' };
    case 'inactive':
    case 'incomplete':
    case 'down':
    case 'standAlone':
    case 'connecting':
      return { kind: 'activate' };
  }
}

function degraded(sides: readonly MirrorSideView[]): Repair {
  const away = sides.find(({ nodeState }) => nodeState !== 'online');
  const left = sides.find(({ nodeState }) => nodeState === 'online');
  if (!away || !left) return { kind: 'wait' };
  return { kind: away.isPrimaryNode ? 'failover' : 'move', away, left };
}

export type Evidence = {
  /** Which side to keep, as far as anything speaks for one. */
  recommended: MirrorSideView | null;
  /** The one that must not be overwritten, because the instance runs on it. */
  inUse: MirrorSideView | null;
};

/** A side in use can only be kept. Else the one that is ahead; where both have parted, nothing speaks for either. */
export function judgeSplit(
  sides: readonly [MirrorSideView, MirrorSideView],
  { order, runs }: { order: GenerationOrder; runs: boolean },
): Evidence {
  const [first, second] = sides;
  const primary = sides.find(({ isPrimaryNode }) => isPrimaryNode) ?? null;
  if (runs) return { recommended: primary, inUse: primary };
  if (order === 'ahead') return { recommended: first, inUse: null };
  if (order === 'behind') return { recommended: second, inUse: null };
  return { recommended: null, inUse: null };
}
