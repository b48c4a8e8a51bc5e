// The accounts of the ledger: each owner has, on each cluster and for each resource, what is reserved and what is used. Amounts move between
// them only here, and transfers and balances always change in one statement. Whoever moves has locked the owner's balances first.
import type { Amounts, QuotaPolicy, QuotaResource } from '@/contract/schemas/quota';
import { QuotaPolicy as QuotaPolicySchema, quotaResources } from '@/contract/schemas/quota';
import { AppError } from '@/contract/errors';
import type { Queryable, Tx } from '../db/client';
import type { Announcement } from '../events/publish';

export type Account = 'free' | 'reserved' | 'used';
export type Balances = Record<QuotaResource, { reserved: number; used: number }>;
export type Move = { ownerId: string; instanceId: string; resource: QuotaResource; amount: number };
export type Holder = { ownerId: string; clusterId: string };

const lockOrder = [...quotaResources].sort();

/**
 * Locks the cluster's quota policy against change and, where there is an owner, its balances, in the order in which everyone does:
 * cluster, balances (by owner, then resource), events. Call it before the transaction publishes anything, `submitJob` included.
 */
export async function lockQuota(
  tx: Tx,
  { ownerId, clusterId }: { ownerId: string | null; clusterId: string },
): Promise<QuotaPolicy> {
  const rows = await tx.$queryRaw<{ quotaPolicy: string }[]>`
    SELECT "quotaPolicy" FROM "Cluster" WHERE id = ${clusterId}::uuid FOR SHARE`;
  if (!rows[0]) throw new AppError('not_found', 'This cluster does not exist');
  if (ownerId !== null) await lockBalances(tx, { ownerId, clusterId });
  return QuotaPolicySchema.parse(rows[0].quotaPolicy);
}

/** Locks the balances of one owner on one cluster until commit, making them where they are absent. */
export async function lockBalances(tx: Tx, holder: Holder): Promise<Balances> {
  const rows = await selectForUpdate(tx, holder);
  if (rows.length === lockOrder.length) return toBalances(rows);
  await tx.$executeRaw`
    INSERT INTO "QuotaBalance" ("ownerId", "clusterId", resource)
    SELECT ${holder.ownerId}::uuid, ${holder.clusterId}::uuid, resource FROM unnest(${lockOrder}::text[]) AS resource
    ON CONFLICT DO NOTHING`;
  return toBalances(await selectForUpdate(tx, holder));
}

/** Moves amounts and answers whether anything moved. What this job has moved this way before stays as it is. `jobId` null: re-based. */
export async function move(
  tx: Tx,
  order: { clusterId: string; jobId: number | null; from: Account; to: Account; moves: Move[] },
): Promise<boolean> {
  const moves = order.moves.filter((m) => m.amount > 0);
  if (moves.length === 0) return false;
  const { clusterId, jobId, from, to } = order;
  const changed = await tx.$executeRaw`
    WITH asked AS (
      SELECT * FROM unnest(
        ${moves.map((m) => m.ownerId)}::uuid[], ${moves.map((m) => m.instanceId)}::uuid[],
        ${moves.map((m) => m.resource)}::text[], ${moves.map((m) => m.amount)}::bigint[]
      ) AS row (owner, instance, resource, amount)
    ), moved AS (
      INSERT INTO "QuotaTransfer"
        ("ownerId", "clusterId", resource, "fromAccount", "toAccount", amount, "instanceId", "jobId")
      SELECT owner, ${clusterId}::uuid, resource, ${from}, ${to}, amount, instance, ${jobId}::int FROM asked
      ON CONFLICT ("jobId", resource, "fromAccount", "toAccount") DO NOTHING
      RETURNING "ownerId", resource, amount
    ), total AS (
      SELECT "ownerId", resource, sum(amount)::bigint AS amount FROM moved GROUP BY 1, 2
    )
    UPDATE "QuotaBalance" AS balance SET
      reserved = balance.reserved + total.amount * (${sign('reserved', from, to)}::int),
      used = balance.used + total.amount * (${sign('used', from, to)}::int)
    FROM total
    WHERE balance."ownerId" = total."ownerId" AND balance."clusterId" = ${clusterId}::uuid
      AND balance.resource = total.resource`;
  return changed > 0;
}

/** What each instance of a cluster holds in the account `used`, by the ledger. */
export async function readHeld(
  db: Queryable,
  filter: { clusterId?: string; instanceId?: string },
): Promise<(Move & { clusterId: string })[]> {
  const rows = await db.$queryRaw<
    { ownerId: string; clusterId: string; instanceId: string; resource: QuotaResource; amount: bigint }[]
  >`
    SELECT "ownerId", "clusterId", "instanceId", resource,
      sum(CASE 'used' WHEN "toAccount" THEN amount WHEN "fromAccount" THEN -amount ELSE 0 END)::bigint AS amount
    FROM "QuotaTransfer"
    WHERE (${filter.clusterId ?? null}::uuid IS NULL OR "clusterId" = ${filter.clusterId ?? null}::uuid)
      AND (${filter.instanceId ?? null}::uuid IS NULL OR "instanceId" = ${filter.instanceId ?? null}::uuid)
    GROUP BY 1, 2, 3, 4`;
  return rows.map((row) => ({ ...row, amount: Number(row.amount) }));
}

export function toMoves(holder: { ownerId: string; instanceId: string }, amounts: Amounts): Move[] {
  const { ownerId, instanceId } = holder;
  return quotaResources.map((resource) => ({ ownerId, instanceId, resource, amount: amounts[resource] }));
}

export function quotaChanged({ ownerId, clusterId }: Holder): Announcement {
  return { kind: 'quota', id: `${ownerId}:${clusterId}`, ownerId };
}

function sign(account: Account, from: Account, to: Account): number {
  return Number(to === account) - Number(from === account);
}

type BalanceRow = { resource: string; reserved: bigint; used: bigint };

function selectForUpdate(tx: Tx, { ownerId, clusterId }: Holder): Promise<BalanceRow[]> {
  return tx.$queryRaw<BalanceRow[]>`
    SELECT resource, reserved, used FROM "QuotaBalance"
    WHERE "ownerId" = ${ownerId}::uuid AND "clusterId" = ${clusterId}::uuid
    ORDER BY resource FOR UPDATE`;
}

export function toBalances(rows: BalanceRow[]): Balances {
  const of = (resource: QuotaResource) => {
    const row = rows.find((r) => r.resource === resource);
    return { reserved: Number(row?.reserved ?? 0), used: Number(row?.used ?? 0) };
  };
  return {
    instances: of('instances'),
    vcpus: of('vcpus'),
    memoryMiB: of('memoryMiB'),
    diskMiB: of('diskMiB'),
  };
}
