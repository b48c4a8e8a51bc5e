import { toDefinition } from './node-disks';
import { callAgent, onEach, type PlacedInstance, readPlaced } from './placed-instance';
import type { Ctx } from './services';

/** Tells every node of the instance what it is made of now, and which side of its mirrors is that node's. Answers the instance as told. */
export async function defineOnAll(ctx: Ctx, instanceId: string): Promise<PlacedInstance> {
  const { instance, nodes } = await readPlaced(ctx, instanceId);
  await onEach(nodes, (node) =>
    callAgent(ctx, { node }, 'instance.define', { definition: toDefinition(instance, node.id) }),
  );
  return instance;
}
