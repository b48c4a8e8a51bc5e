// Making certain that a node runs nothing any more, and taking it back.
import { z } from 'zod';

/** The executable's name in /etc/corral/fence.d of the nodes. */
export const FenceHook = z
  .string()
  .max(64)
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9_-]*$/, 'Letters, digits, hyphens and underscores only.');

/** `declared`: an operator says that it is off; `hook`: the cluster's fence command powered it off and says so. */
export const FencedHow = z.enum(['declared', 'hook']);
export type FencedHow = z.infer<typeof FencedHow>;

export const NodeSetOffline = z.object({ how: FencedHow, confirmName: z.string() });
export type NodeSetOffline = z.infer<typeof NodeSetOffline>;

/** `stopStrays`: instances that run there but belong to other nodes by now are stopped first, without being asked. */
export const NodeSetOnline = z.object({ stopStrays: z.boolean().default(false) });
export type NodeSetOnline = z.infer<typeof NodeSetOnline>;
