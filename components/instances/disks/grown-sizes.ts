import { limits } from '@/contract/units';

const gib = 1024;
const rounds = [gib, 5 * gib, 10 * gib, 50 * gib, 100 * gib, 500 * gib, 1024 * gib];

/** Round sizes above the present one, the next first, at most four: what one most likely grows a disk to. */
export function grownSizes(sizeMiB: number): number[] {
  const step = rounds.findLast((round) => round <= Math.max(sizeMiB, gib)) ?? gib;
  const next = (Math.floor(sizeMiB / step) + 1) * step;
  const sizes = [next, next + step, sizeMiB * 2, sizeMiB * 4].filter(
    (size) => size > sizeMiB && size <= limits.diskMiB.max,
  );
  return [...new Set(sizes)].sort((a, b) => a - b);
}
