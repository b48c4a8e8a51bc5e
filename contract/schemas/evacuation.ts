// Emptying a node: what happens to each instance, shown before it happens.
import { z } from 'zod';
import { Ref } from './common';

/** `primaries`: those that run or would run there; `secondaries`: the other sides of mirrors; `all`: both. */
export const EvacuationKind = z.enum(['primaries', 'secondaries', 'all']);
export type EvacuationKind = z.infer<typeof EvacuationKind>;

/** One job. `node` is where the instance, or the other side of its mirrors, will be. */
export const EvacuationMove = z.object({
  operation: z.enum(['instance.migrate', 'instance.failover', 'instance.move', 'instance.replaceDisks']),
  node: Ref,
});
export type EvacuationMove = z.infer<typeof EvacuationMove>;

/** `moves` run one after another. `whyNot`: why nothing, or nothing more, can be done. */
export const EvacuationRow = z.object({
  instance: Ref,
  role: z.enum(['primary', 'secondary']),
  isRunning: z.boolean(),
  moves: z.array(EvacuationMove),
  whyNot: z.string().nullable(),
});
export type EvacuationRow = z.infer<typeof EvacuationRow>;

/** `digest` stands for the rows: who asks for the plan to be carried out says with it what was shown. */
export const EvacuationPlan = z.object({
  kind: EvacuationKind,
  rows: z.array(EvacuationRow),
  digest: z.string(),
});
export type EvacuationPlan = z.infer<typeof EvacuationPlan>;

export const EvacuationQuery = z.object({ kind: EvacuationKind });

/** `drain`: the node gets no new instances from then on. */
export const NodeEvacuate = z.object({
  kind: EvacuationKind,
  digest: z.string().max(100),
  drain: z.boolean().default(false),
});
export type NodeEvacuate = z.infer<typeof NodeEvacuate>;
