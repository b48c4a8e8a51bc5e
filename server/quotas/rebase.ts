// A cluster changes what it counts (all instances, or running ones): what its instances use is counted anew in the same transaction.
import { AppError } from '@/contract/errors';
import { type QuotaPolicy, quotaResources } from '@/contract/schemas/quota';
import { unfinishedJobStatuses } from '@/contract/states';
import type { Tx } from '../db/client';
import { publish } from '../events/publish';
import { lockBalances, type Move, move, readHeld } from './accounts';
import { readCharges } from './read-charges';
import { quotaChangesOf } from './limits';

/**
 * Sets the policy and writes the compensating transfers. Refused with `busy` while jobs work on the cluster's instances: they reserved, and will
 * give back, by the old policy. Limits don't matter here: who has more than allowed afterwards keeps it, but gets no more.
 */
export async function rebase(tx: Tx, clusterId: string, policy: QuotaPolicy): Promise<void> {
  // Whoever accepts a job holds the row FOR SHARE (lockQuota) until its job is visible here.
  const [cluster] = await tx.$queryRaw<{ name: string; quotaPolicy: string }[]>`
    SELECT name, "quotaPolicy" FROM "Cluster" WHERE id = ${clusterId}::uuid FOR NO KEY UPDATE`;
  if (!cluster) throw new AppError('not_found', 'This cluster does not exist');
  if (cluster.quotaPolicy === policy) return;
  await refuseWhileJobsRun(tx, { id: clusterId, name: cluster.name });
  await tx.cluster.update({ where: { id: clusterId }, data: { quotaPolicy: policy } });
  const differences = await readDifferences(tx, clusterId, policy);
  const owners = [...new Set(differences.map((difference) => difference.ownerId))].sort();
  for (const ownerId of owners) await lockBalances(tx, { ownerId, clusterId });
  const less = differences.map((difference) => ({ ...difference, amount: -difference.amount }));
  await move(tx, { clusterId, jobId: null, from: 'used', to: 'free', moves: less });
  await move(tx, { clusterId, jobId: null, from: 'free', to: 'used', moves: differences });
  await publish(tx, ...(await quotaChangesOf(tx, clusterId)));
}

async function refuseWhileJobsRun(tx: Tx, cluster: { id: string; name: string }): Promise<void> {
  const where = { clusterId: cluster.id, targetKind: 'instance', status: { in: [...unfinishedJobStatuses] } };
  const jobs = await tx.job.findMany({ where, select: { id: true }, orderBy: { id: 'asc' } });
  if (jobs.length === 0) return;
  const ids = jobs.map((job) => job.id);
  const text = `Cannot change what the quotas of ${cluster.name} count while jobs work on its instances: ${ids.slice(0, 5).join(', ')}`;
  throw new AppError('busy', text, { details: { jobIds: ids } });
}

/** What each instance should hold more (or, negative, less) than it does. */
async function readDifferences(tx: Tx, clusterId: string, policy: QuotaPolicy): Promise<Move[]> {
  const charges = await readCharges(tx, { clusterId, policy });
  const held = await readHeld(tx, { clusterId });
  const key = (row: { ownerId: string; instanceId: string }, resource: string) =>
    `${row.ownerId} ${row.instanceId} ${resource}`;
  const amounts = new Map(held.map((row) => [key(row, row.resource), row.amount]));
  return charges.flatMap(({ ownerId, instanceId, amounts: target }) =>
    quotaResources.map((resource) => {
      const now = amounts.get(key({ ownerId, instanceId }, resource)) ?? 0;
      return { ownerId, instanceId, resource, amount: target[resource] - now };
    }),
  );
}
