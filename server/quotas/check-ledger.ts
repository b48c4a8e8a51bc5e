// Proves the ledger against itself and against reality: balances are the sums of the transfers, reservations belong to unfinished
// jobs, and what an instance holds is what it costs by its cluster's policy. Nothing found is the only good answer.
import { type QuotaResource, quotaResources } from '@/contract/schemas/quota';
import { unfinishedJobStatuses } from '@/contract/states';
import type { Db, Tx } from '../db/client';
import { workedOn } from '../db/worked-on';
import { readHeld } from './accounts';
import { readCharges } from './read-charges';

/**
 * `balance`: the stored balance differs from its transfers. `reservation`: a job that has ended, or never was, still reserves. `instance`: an
 * instance holds another amount than it costs, or is gone and still holds one.
 */
export type Discrepancy = {
  kind: 'balance' | 'reservation' | 'instance';
  ownerId: string;
  clusterId: string;
  resource: QuotaResource;
  account: 'reserved' | 'used';
  instanceId: string | null;
  jobId: number | null;
  expected: number;
  found: number;
};

/** Reads one snapshot, so it may run beside anything. Instances that a job works on are judged when it has ended. */
export async function checkLedger(db: Db): Promise<Discrepancy[]> {
  const check = async (tx: Tx) => [
    ...(await findWrongBalances(tx)),
    ...(await findStaleReservations(tx)),
    ...(await findWrongCharges(tx)),
  ];
  return db.$transaction(check, { isolationLevel: 'RepeatableRead' });
}

type Row = { ownerId: string; clusterId: string; resource: QuotaResource };

async function findWrongBalances(tx: Tx): Promise<Discrepancy[]> {
  type Sums = Record<'reserved' | 'used' | 'reservedSum' | 'usedSum', bigint>;
  const rows = await tx.$queryRaw<(Row & Sums)[]>`
    SELECT "ownerId", "clusterId", resource, coalesce(reserved, 0) AS reserved, coalesce(used, 0) AS used,
      coalesce("reservedSum", 0) AS "reservedSum", coalesce("usedSum", 0) AS "usedSum"
    FROM "QuotaBalance" FULL JOIN (
      SELECT "ownerId", "clusterId", resource,
        sum(CASE 'reserved' WHEN "toAccount" THEN amount WHEN "fromAccount" THEN -amount ELSE 0 END)::bigint AS "reservedSum",
        sum(CASE 'used' WHEN "toAccount" THEN amount WHEN "fromAccount" THEN -amount ELSE 0 END)::bigint AS "usedSum"
      FROM "QuotaTransfer" GROUP BY 1, 2, 3
    ) AS transfers USING ("ownerId", "clusterId", resource)
    WHERE coalesce(reserved, 0) <> coalesce("reservedSum", 0) OR coalesce(used, 0) <> coalesce("usedSum", 0)`;
  return rows.flatMap(({ ownerId, clusterId, resource, ...sums }) => {
    const common = { kind: 'balance', ownerId, clusterId, resource, instanceId: null, jobId: null } as const;
    return [
      {
        ...common,
        account: 'reserved' as const,
        expected: Number(sums.reservedSum),
        found: Number(sums.reserved),
      },
      { ...common, account: 'used' as const, expected: Number(sums.usedSum), found: Number(sums.used) },
    ].filter(isWrong);
  });
}

async function findStaleReservations(tx: Tx): Promise<Discrepancy[]> {
  const rows = await tx.$queryRaw<(Row & { instanceId: string; jobId: number | null; found: bigint })[]>`
    SELECT "ownerId", "clusterId", resource, "instanceId", "jobId",
      sum(CASE 'reserved' WHEN "toAccount" THEN amount ELSE -amount END)::bigint AS found
    FROM "QuotaTransfer" AS transfer
    WHERE 'reserved' IN ("toAccount", "fromAccount") AND NOT EXISTS (
      SELECT FROM "Job" WHERE id = transfer."jobId" AND status = ANY (${[...unfinishedJobStatuses]}::text[])
    )
    GROUP BY 1, 2, 3, 4, 5 HAVING sum(CASE 'reserved' WHEN "toAccount" THEN amount ELSE -amount END) <> 0`;
  return rows.map((row) => ({
    ...row,
    kind: 'reservation',
    account: 'reserved',
    expected: 0,
    found: Number(row.found),
  }));
}

async function findWrongCharges(tx: Tx): Promise<Discrepancy[]> {
  const busy = await readBusyTargets(tx);
  const charges = await readCharges(tx);
  const lines = new Map<string, Discrepancy>();
  const lineOf = (row: Row & { instanceId: string }) => {
    const { ownerId, clusterId, resource, instanceId } = row;
    const key = [ownerId, clusterId, resource, instanceId].join();
    const zero = { kind: 'instance', account: 'used', jobId: null, expected: 0, found: 0 } as const;
    const line: Discrepancy = lines.get(key) ?? { ...zero, ownerId, clusterId, resource, instanceId };
    lines.set(key, line);
    return line;
  };
  for (const { amounts, ...holder } of charges)
    for (const resource of quotaResources) lineOf({ ...holder, resource }).expected = amounts[resource];
  for (const held of await readHeld(tx, {})) lineOf(held).found = held.amount;
  return [...lines.values()].filter((line) => isWrong(line) && !busy.has(line.instanceId ?? ''));
}

async function readBusyTargets(tx: Tx): Promise<Set<string>> {
  const where = { targetKind: 'instance', status: { in: [...unfinishedJobStatuses] } };
  const jobs = await tx.job.findMany({ where, select: { targetId: true, params: true } });
  return new Set(jobs.flatMap(workedOn));
}

function isWrong({ expected, found }: { expected: number; found: number }): boolean {
  return expected !== found;
}
