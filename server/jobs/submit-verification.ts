// Accepts the job that verifies a cluster, whoever asks for it. One is enough at a time: the caller holds the cluster's row lock.
import { unfinishedJobStatuses } from '@/contract/states';
import type { Tx } from '../db/client';
import { submitJob } from './submit';

type Wish = {
  target: { kind: 'cluster'; id: string; name: string };
  createdById: string | null;
  priority?: number;
};

/** The one that is under way or waits; null when there is none. */
export async function findVerification(tx: Tx, clusterId: string): Promise<number | null> {
  const status = { in: [...unfinishedJobStatuses] };
  const where = { targetId: clusterId, operation: 'cluster.verify', status };
  return (await tx.job.findFirst({ where, select: { id: true } }))?.id ?? null;
}

export function submitVerification(tx: Tx, { target, ...by }: Wish): Promise<number> {
  const { id: clusterId } = target;
  const params = { clusterId };
  return submitJob(tx, { operation: 'cluster.verify', params, target, clusterId, ownerId: null, ...by });
}
