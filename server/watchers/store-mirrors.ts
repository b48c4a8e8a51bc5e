// Writes what an agent reports of its mirrors, and announces their instances.
import type { MirrorStatus } from '@/contract/schemas/disk';
import type { Db } from '../db/client';
import { storeMirrorStatuses } from '../db/mirror-status';
import { transact } from '../db/transact';
import { publish } from '../events/publish';

export function storeMirrors(db: Db, nodeId: string, mirrors: MirrorStatus[]): Promise<void> {
  return transact(db, async (tx) => {
    const instances = await storeMirrorStatuses(tx, nodeId, mirrors);
    await publish(tx, ...instances.map((instance) => ({ kind: 'instance' as const, ...instance })));
  });
}
