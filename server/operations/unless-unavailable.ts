// For clearing up after a node that may be gone: what it still has of this is found when it is back.
import { AppError } from '@/contract/errors';
import { type Fencing, isFenced } from '../db/nodes';
import type { Ctx } from './services';

export async function unlessUnavailable(
  ctx: Ctx,
  node: Fencing,
  work: () => Promise<unknown>,
): Promise<void> {
  if (isFenced(node)) return ctx.log(`${node.name} is off; it is tidied up when it is back`, 'warn');
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'unavailable') throw error;
    ctx.log(`${node.name} does not answer; it is tidied up when it is back`, 'warn');
  }
}
