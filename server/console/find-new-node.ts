// Where an instance has gone whose node let go of its console.
import type { Db } from '../db/client';
import type { ConsoleNode } from './gate';

/** null while it is still placed on that node: it has ended there. The move is written down before the old node lets go. */
export async function findNewNode(
  db: Db,
  { instanceId, node }: { instanceId: string; node: ConsoleNode },
): Promise<ConsoleNode | null> {
  const row = await db.instance.findUnique({
    where: { id: instanceId },
    select: { node: { select: { id: true, address: true } } },
  });
  return row?.node && row.node.id !== node.id ? row.node : null;
}
