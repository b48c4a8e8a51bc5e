// Lets primary and secondary node of an instance change places in the database: from then on everything else follows. What runs where it
// belongs now is elsewhere no more.
import { changeInstance, type InstanceStates, type StatefulInstance } from '../db/instance-state';
import type { Ctx } from './services';

type Swap = {
  instanceId: string;
  nodeId: string;
  secondaryId: string;
  states: (before: StatefulInstance) => Partial<InstanceStates>;
};

/** Repeating it changes nothing. */
export async function swapNodes(ctx: Ctx, { instanceId, nodeId, secondaryId, states }: Swap): Promise<void> {
  await ctx.change(async (tx, announce) => {
    await tx.instance.update({
      where: { id: instanceId },
      data: { nodeId, secondaryId },
      select: { id: true },
    });
    await tx.instance.updateMany({
      where: { id: instanceId, elsewhereId: nodeId },
      data: { elsewhereId: null },
    });
    const { ownerId, clusterId } = await changeInstance(tx, instanceId, states);
    announce(
      { kind: 'instance', id: instanceId, ownerId },
      { kind: 'node', id: nodeId },
      { kind: 'node', id: secondaryId },
      { kind: 'cluster', id: clusterId },
    );
  });
}
