import type { PlacementWish } from './obstacles';

/** What a node must have for an instance that is installed already: the scripts of its OS only install. */
export function toMoveWish(wish: PlacementWish): PlacementWish {
  return wish.os.kind === 'script' ? { ...wish, os: { kind: 'none' } } : wish;
}
