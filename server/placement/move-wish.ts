import { scriptOf } from '@/contract/schemas/instance';
import type { PlacementWish } from './obstacles';

/** What a node must have for an instance that is installed already: the scripts of its OS only install. */
export function toMoveWish(wish: PlacementWish): PlacementWish {
  return scriptOf(wish.os) ? { ...wish, os: { kind: 'none' } } : wish;
}
