// Live events. The stream is Server-Sent Events; `id:` is the sequence number, so a browser resumes with Last-Event-ID.
// A change carries the resource as the receiver may see it now; `data: null` means it is gone or no longer visible to the receiver.
import { z } from 'zod';
import { AuditEntry } from './schemas/audit';
import { Cluster } from './schemas/cluster';
import { Timestamp } from './schemas/common';
import { Image } from './schemas/image';
import { Instance } from './schemas/instance';
import { Job, JobLogLine } from './schemas/job';
import { Node } from './schemas/node';
import { Quota } from './schemas/quota';
import { User } from './schemas/user';

const change = <K extends string, T extends z.ZodType>(kind: K, data: T) =>
  z.object({ kind: z.literal(kind), id: z.string(), data: data.nullable() });

/** Body of an SSE message of type `change`. For `quota`, `id` is `<ownerId>:<clusterId>`; for `job-log`, the job's id. */
export const Change = z.discriminatedUnion('kind', [
  change('instance', Instance),
  change('node', Node),
  change('cluster', Cluster),
  change('job', Job),
  change('job-log', z.object({ lines: z.array(JobLogLine) })),
  change('user', User),
  change('quota', Quota),
  change('audit', AuditEntry),
  change('image', Image),
]);
export type Change = z.infer<typeof Change>;
export type ChangeKind = Change['kind'];
export const changeKinds = [
  'instance',
  'node',
  'cluster',
  'job',
  'job-log',
  'user',
  'quota',
  'audit',
  'image',
] as const satisfies ChangeKind[];

/** Body of `hello` (first message), `beat` (every few seconds) and `resync` (the receiver missed changes: fetch everything again). */
export const Beat = z.object({ seq: z.number().int(), at: Timestamp });
export type Beat = z.infer<typeof Beat>;

export const streamMessages = { hello: 'hello', beat: 'beat', change: 'change', resync: 'resync' } as const;
export const beatIntervalMs = 5_000;
