// Jobs: one run of one operation, with its steps and its log.
import { z } from 'zod';
import { ErrorBody } from '../errors';
import { Id } from '../names';
import { OperationName } from '../operations';
import { JobStatus, StepStatus } from '../states';
import { PageQuery, pageOf, Ref, Timestamp } from './common';

export const JobStep = z.object({
  name: z.string(),
  status: StepStatus,
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  error: ErrorBody.nullable(),
});
export type JobStep = z.infer<typeof JobStep>;

/** `target` keeps the name that the object had when the job was accepted, so that it reads well after a removal. */
export const Job = z.object({
  id: z.number().int(),
  operation: OperationName,
  status: JobStatus,
  priority: z.number().int(),
  target: z.object({ kind: z.enum(['instance', 'node', 'cluster', 'image']), id: Id, name: z.string() }),
  cluster: Ref.nullable(),
  createdBy: Ref.nullable(),
  createdAt: Timestamp,
  startedAt: Timestamp.nullable(),
  endedAt: Timestamp.nullable(),
  steps: z.array(JobStep),
  /** 0 to 1 within the running step, where it is known. */
  progress: z.number().nullable(),
  /** Why it does not run yet: the job that holds its locks or that it depends on. */
  waitsFor: z.number().int().nullable(),
  dependsOn: z.array(z.number().int()),
  error: ErrorBody.nullable(),
  /** An undo failed: something is left over that a person must look at. */
  needsAttention: z.boolean(),
});
export type Job = z.infer<typeof Job>;

export const JobLogLine = z.object({
  serial: z.number().int(),
  at: Timestamp,
  level: z.enum(['info', 'warn', 'error']),
  step: z.string().nullable(),
  message: z.string(),
});
export type JobLogLine = z.infer<typeof JobLogLine>;

export const JobLog = z.object({ lines: z.array(JobLogLine) });
export const JobLogQuery = z.object({ after: z.coerce.number().int().min(0).default(0) });

export const JobListQuery = PageQuery.extend({
  status: z.enum(['unfinished', ...JobStatus.options]).optional(),
  operation: OperationName.optional(),
  instanceId: Id.optional(),
  nodeId: Id.optional(),
  /** Those that were asked for together. */
  batchId: Id.optional(),
});
export type JobListQuery = z.infer<typeof JobListQuery>;
export const JobPage = pageOf(Job);
export type JobPage = z.infer<typeof JobPage>;
