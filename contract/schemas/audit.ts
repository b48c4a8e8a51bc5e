// Audit: who did or tried what, when, from where, with which result. Secrets never.
import { z } from 'zod';
import { Id } from '../names';
import { PageQuery, pageOf, Ref, Timestamp } from './common';

export const AuditEntry = z.object({
  id: z.number().int(),
  at: Timestamp,
  actor: Ref.nullable(),
  /** Remote address of the request; null for what the console did by itself. */
  address: z.string().nullable(),
  action: z.string(),
  target: z.object({ kind: z.string(), id: z.string(), name: z.string() }).nullable(),
  outcome: z.enum(['accepted', 'refused', 'done', 'failed']),
  jobId: z.number().int().nullable(),
  /** What was asked or changed: plain values only. */
  details: z.record(z.string(), z.unknown()),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
export const AuditPage = pageOf(AuditEntry);
export type AuditPage = z.infer<typeof AuditPage>;
export const AuditListQuery = PageQuery.extend({
  instanceId: Id.optional(),
  nodeId: Id.optional(),
  userId: Id.optional(),
});
export type AuditListQuery = z.infer<typeof AuditListQuery>;
