// The quota ledger, double entry: a job reserves what it asks for when it is accepted; when it ends, the reservation becomes use or is free
// again, exactly once however often it is settled. Each function publishes the change, so call it after the transaction's other row changes.
import { AppError } from '@/contract/errors';
import { type Amounts, type QuotaResource, quotaResources } from '@/contract/schemas/quota';
import type { Tx } from '../db/client';
import { publish } from '../events/publish';
import { type Balances, type Holder, lockBalances, move, quotaChanged, readHeld, toMoves } from './accounts';
import { noAmounts } from './charge';
import { describeExcess, findExcess, readQuota } from './limits';

type Entry = { ownerId: string | null; clusterId: string; instanceId: string; jobId: number };

/**
 * Reserves for a job, or refuses with `no_resources`, naming what was exceeded. `exceed` skips the check (an operator, on purpose).
 * An instance without an owner is not charged. `lockQuota` comes first, before the job is submitted.
 */
export async function reserve(
  tx: Tx,
  { amounts, exceed = false, ...entry }: Entry & { amounts: Amounts; exceed?: boolean },
): Promise<void> {
  requireAmounts(amounts);
  const { ownerId, clusterId, instanceId, jobId } = entry;
  if (ownerId === null || quotaResources.every((resource) => amounts[resource] === 0)) return;
  const balances = await lockBalances(tx, { ownerId, clusterId });
  if (!exceed) await refuseExcess(tx, { ownerId, clusterId }, { balances, amounts });
  const moves = toMoves({ ownerId, instanceId }, amounts);
  await move(tx, { clusterId, jobId, from: 'free', to: 'reserved', moves });
  await publish(tx, quotaChanged({ ownerId, clusterId }));
}

/** Ends a job's reservations: used when it succeeded, else free. The first outcome stays. */
export async function settle(tx: Tx, { jobId, success }: { jobId: number; success: boolean }): Promise<void> {
  const holders = await tx.$queryRaw<Holder[]>`
    SELECT DISTINCT "ownerId", "clusterId" FROM "QuotaTransfer"
    WHERE "jobId" = ${jobId} AND "toAccount" = 'reserved' ORDER BY "clusterId", "ownerId"`;
  const moved: Holder[] = [];
  for (const holder of holders) {
    await lockBalances(tx, holder);
    const moves = await readReserved(tx, jobId, holder);
    const order = {
      clusterId: holder.clusterId,
      jobId,
      from: 'reserved',
      to: success ? 'used' : 'free',
    } as const;
    if (await move(tx, { ...order, moves })) moved.push(holder);
  }
  await publish(tx, ...moved.map(quotaChanged));
}

/**
 * Frees what an instance uses, once per job: the given amounts, or everything. Never more than the ledger says that it holds, so stopping
 * what was started behind the console's back gives back nothing.
 */
export async function giveBack(
  tx: Tx,
  { amounts, ...entry }: Entry & { amounts: Amounts | 'everything' },
): Promise<void> {
  if (amounts !== 'everything') requireAmounts(amounts);
  const { ownerId, clusterId, instanceId, jobId } = entry;
  if (ownerId === null) return;
  await lockBalances(tx, { ownerId, clusterId });
  const held = await readHeldBy(tx, { ownerId, clusterId, instanceId });
  const freed = amounts === 'everything' ? held : smaller(amounts, held);
  const moves = toMoves({ ownerId, instanceId }, freed);
  if (await move(tx, { clusterId, jobId, from: 'used', to: 'free', moves }))
    await publish(tx, quotaChanged({ ownerId, clusterId }));
}

/** What `giveBack` freed for a job is used again by the same instance, whatever has been reserved meanwhile: once, and nothing where it freed nothing. */
export async function takeBack(tx: Tx, entry: Entry): Promise<void> {
  const { ownerId, clusterId, instanceId, jobId } = entry;
  if (ownerId === null) return;
  await lockBalances(tx, { ownerId, clusterId });
  const freed = { jobId, instanceId, ownerId, fromAccount: 'used', toAccount: 'free' };
  const rows = await tx.quotaTransfer.findMany({ where: freed });
  const moves = quotaResources.flatMap((resource) => {
    const row = rows.find((one) => one.resource === resource);
    return row ? [{ ownerId, instanceId, resource, amount: Number(row.amount) }] : [];
  });
  if (await move(tx, { clusterId, jobId, from: 'free', to: 'used', moves }))
    await publish(tx, quotaChanged({ ownerId, clusterId }));
}

async function refuseExcess(
  tx: Tx,
  { ownerId, clusterId }: Holder,
  { balances, amounts }: { balances: Balances; amounts: Amounts },
): Promise<void> {
  const quota = await readQuota(tx, ownerId, clusterId);
  const limitOf = (resource: QuotaResource) => quota.resources[resource].limit;
  const limits = {
    instances: limitOf('instances'),
    vcpus: limitOf('vcpus'),
    memoryMiB: limitOf('memoryMiB'),
    diskMiB: limitOf('diskMiB'),
  };
  const excess = findExcess(limits, balances, amounts);
  if (excess.length === 0) return;
  const text = `The quota of ${quota.owner.name} on ${quota.cluster.name} does not allow this: ${describeExcess(excess)}`;
  throw new AppError('no_resources', text, { details: { excess } });
}

/** What a job reserved and has not settled yet. */
async function readReserved(tx: Tx, jobId: number, { ownerId, clusterId }: Holder) {
  const rows = await tx.quotaTransfer.findMany({
    where: { jobId, ownerId, clusterId, OR: [{ toAccount: 'reserved' }, { fromAccount: 'reserved' }] },
  });
  const settled = new Set(rows.filter((row) => row.fromAccount === 'reserved').map((row) => row.resource));
  return quotaResources.flatMap((resource) => {
    const row = rows.find((r) => r.resource === resource && r.toAccount === 'reserved');
    if (!row || settled.has(resource)) return [];
    return [{ ownerId, instanceId: row.instanceId, resource, amount: Number(row.amount) }];
  });
}

async function readHeldBy(tx: Tx, holder: Holder & { instanceId: string }): Promise<Amounts> {
  const rows = await readHeld(tx, { clusterId: holder.clusterId, instanceId: holder.instanceId });
  const own = rows.filter((row) => row.ownerId === holder.ownerId);
  return { ...noAmounts, ...Object.fromEntries(own.map((row) => [row.resource, row.amount])) };
}

function smaller(a: Amounts, b: Amounts): Amounts {
  return {
    instances: Math.min(a.instances, b.instances),
    vcpus: Math.min(a.vcpus, b.vcpus),
    memoryMiB: Math.min(a.memoryMiB, b.memoryMiB),
    diskMiB: Math.min(a.diskMiB, b.diskMiB),
  };
}

function requireAmounts(amounts: Amounts): void {
  const wrong = quotaResources.find(
    (resource) => !Number.isSafeInteger(amounts[resource]) || amounts[resource] < 0,
  );
  if (wrong) throw new AppError('invalid', `${amounts[wrong]} is not an amount of ${wrong}`);
}
