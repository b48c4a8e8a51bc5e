import { AppError } from '@/contract/errors';
import type { Queryable } from '../db/client';

/** The node's row, which is also its address for the agent client. */
export async function readNode(db: Queryable, id: string) {
  const node = await db.node.findUnique({ where: { id } });
  if (node) return node;
  throw new AppError('not_found', 'The node does not exist any more', { details: { nodeId: id } });
}
