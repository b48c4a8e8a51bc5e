// Nodes of which it is certain that nothing runs there: nothing has to be taken back from them, and nobody waits for their answers.
import { type Fencing, isFenced } from '../db/nodes';
import type { Ctx } from './services';

/** For what ends by itself where the node has no power. */
export async function unlessFenced(ctx: Ctx, node: Fencing, work: () => Promise<unknown>): Promise<void> {
  if (isFenced(node)) return ctx.log(`${node.name} is off, and nothing of it runs there`, 'warn');
  await work();
}
