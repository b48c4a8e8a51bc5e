// What nodes last saw of their sides of mirrors. Invariant: a node speaks only of sides that it really has, and nothing is written or announced
// that did not change, so `seenAt` tells since when it is so. The last word of a node that fell silent stays: a failover judges by it.
import { MirrorStatus } from '@/contract/schemas/disk';
import type { Tx } from './client';

/** Answers the instances whose mirrors look different now. */
export async function storeMirrorStatuses(
  tx: Tx,
  nodeId: string,
  seen: MirrorStatus[],
): Promise<{ id: string; ownerId: string | null }[]> {
  if (seen.length === 0) return [];
  const json = JSON.stringify(seen.map((status) => ({ diskId: status.diskId, status })));
  return tx.$queryRaw<{ id: string; ownerId: string | null }[]>`
    WITH told AS (SELECT * FROM jsonb_to_recordset(${json}::jsonb) AS t("diskId" uuid, status jsonb)),
    locked AS (
      SELECT s."diskId", t.status FROM "MirrorSide" s JOIN told t ON t."diskId" = s."diskId"
      WHERE s."nodeId" = ${nodeId}::uuid AND s.status IS DISTINCT FROM t.status ORDER BY s."diskId" FOR UPDATE OF s
    ),
    changed AS (
      UPDATE "MirrorSide" s SET status = l.status, "seenAt" = now() FROM locked l
      WHERE s."diskId" = l."diskId" AND s."nodeId" = ${nodeId}::uuid RETURNING s."diskId"
    )
    SELECT DISTINCT i.id, i."ownerId" FROM changed c JOIN "Disk" d ON d.id = c."diskId"
    JOIN "Instance" i ON i.id = d."instanceId" ORDER BY i.id`;
}

/** null: never seen, or not understood any more. */
export function parseMirrorStatus(stored: unknown): MirrorStatus | null {
  return MirrorStatus.safeParse(stored).data ?? null;
}
