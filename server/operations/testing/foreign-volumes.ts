import type { AdoptedVolume } from '@/contract/schemas/disk';
import type { Place } from './world';

/** Of the place's first node. */
export function volumeGroupOf({ node }: Place) {
  const pool = node.simulated.pools.find(({ kind }) => kind === 'vg');
  if (pool) return pool;
  throw new Error('A simulated node has a volume group');
}

/** Somebody else's volume on it. */
export function theirVolume(place: Place, sizeMiB: number, { isOpen = false } = {}): AdoptedVolume {
  const pool = volumeGroupOf(place);
  const name = `theirs-${sizeMiB}`;
  pool.foreign.put(name, { sizeMiB, isOpen });
  return { vg: pool.name, name };
}
