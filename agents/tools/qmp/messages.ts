// What QEMU says on its monitor (docs: qemu-qmp-ref). Only the parts that are used are named.
import { z } from 'zod';

export const QmpGreeting = z.object({
  QMP: z.object({
    version: z.object({
      qemu: z.object({ major: z.number(), minor: z.number(), micro: z.number() }),
    }),
  }),
});

export const QmpEvent = z.object({
  event: z.string(),
  data: z.record(z.string(), z.unknown()).default({}),
  timestamp: z.object({ seconds: z.number(), microseconds: z.number() }),
});
export type QmpEvent = z.infer<typeof QmpEvent>;

export const QmpReply = z.object({
  id: z.number().optional(),
  return: z.unknown().optional(),
  error: z.object({ class: z.string(), desc: z.string() }).optional(),
});

export const QmpStatus = z.object({ status: z.string(), running: z.boolean() });

/** Of `query-migrate`; empty where there never was a migration. Times are ms, amounts bytes, and `socket-address` is where a target waits. */
export const QmpMigration = z.object({
  status: z.string().optional(),
  'error-desc': z.string().optional(),
  'total-time': z.number().optional(),
  downtime: z.number().optional(),
  ram: z.object({ transferred: z.number(), remaining: z.number(), total: z.number() }).optional(),
  'socket-address': z.array(z.object({ type: z.string(), port: z.coerce.number().optional() })).optional(),
});
export type QmpMigration = z.infer<typeof QmpMigration>;

/** `actual`: bytes that the guest has. */
export const QmpBalloon = z.object({ actual: z.number().optional() });
