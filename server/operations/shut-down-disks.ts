import { toNodeDisks } from './node-disks';
import { callAgent, type InstanceNode, onEach, type PlacedInstance } from './placed-instance';
import type { Ctx } from './services';

/** Takes an instance's devices down on those nodes that are online; agents refuse it where the instance runs. */
export async function shutDownDisks(
  ctx: Ctx,
  instance: PlacedInstance,
  nodes: readonly InstanceNode[],
): Promise<void> {
  const online = nodes.filter(({ state }) => state === 'online');
  await onEach(online, async (node) => {
    for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.shutdown', disk);
  });
}
