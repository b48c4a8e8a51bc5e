// Many jobs that were asked for together: accepted in one transaction, found again by their batch.
import { randomUUID } from 'node:crypto';
import type { OperationName } from '@/contract/operations';
import type { AcceptedBatch } from '@/contract/schemas/batch';
import type { Actor } from '../auth/actor';
import { recordAudit } from '../db/audit';
import type { Json, Tx } from '../db/client';
import { submitJob } from '../jobs/submit';

export type BatchJob = {
  target: { kind: 'instance' | 'node'; id: string; name: string };
  clusterId: string;
  ownerId: string | null;
  /** One after another: each runs only when the one before succeeded. */
  chain: { operation: OperationName; params: { [name: string]: Json }; details?: Json }[];
};

export async function submitBatch(tx: Tx, jobs: readonly BatchJob[], actor: Actor): Promise<AcceptedBatch> {
  const batchId = randomUUID();
  const jobIds: number[] = [];
  for (const { chain, ...job } of jobs) {
    let before: number | null = null;
    for (const { operation, params, details } of chain) {
      const dependsOn: { jobId: number }[] = before === null ? [] : [{ jobId: before }];
      const submission = { ...job, operation, params, createdById: actor.userId, batchId, dependsOn };
      const jobId: number = await submitJob(tx, submission);
      before = jobId;
      jobIds.push(jobId);
      const { target, ownerId } = job;
      await recordAudit(tx, {
        ...{ action: operation, outcome: 'accepted', actor, address: actor.address, target, ownerId, jobId },
        details: details ?? params,
      });
    }
  }
  return { batchId, jobIds };
}
