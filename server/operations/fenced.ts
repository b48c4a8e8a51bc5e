// Nodes of which it is certain that nothing runs there: nothing has to be taken back from them, and nobody waits for their answers.
import type { InstanceNode } from './placed-instance';
import type { Ctx } from './services';

export type Fencing = Pick<InstanceNode, 'name' | 'state' | 'fencedAt'>;

export function isFenced({ state, fencedAt }: Pick<Fencing, 'state' | 'fencedAt'>): boolean {
  return state === 'offline' && fencedAt !== null;
}

/** For what ends by itself where the node has no power. */
export async function unlessFenced(ctx: Ctx, node: Fencing, work: () => Promise<unknown>): Promise<void> {
  if (isFenced(node)) return ctx.log(`${node.name} is off, and nothing of it runs there`, 'warn');
  await work();
}
