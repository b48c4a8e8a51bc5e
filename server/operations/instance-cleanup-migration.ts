// Sets right what an interrupted migration left: both nodes are asked, the one where the guest runs becomes its primary node, the other one's half
// is taken away, and mirrors allow one primary side again. It never guesses: it refuses where a node does not answer, or where both run the
// guest. It only goes forward, so there is nothing to undo, and doing it again ends the same.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import type { Tx } from '../db/client';
import { operation, step } from '../jobs/operation';
import { judgeMigration, type NodeView } from './judge-migration';
import { lookAtInstance, needOutput } from './look-at-instance';
import { assembleOnAll, hasMirrors } from './mirrors';
import { toNodeDisks } from './node-disks';
import {
  callAgent,
  type InstanceNode,
  onEach,
  type PlacedInstance,
  readMirrored,
  requireReady,
} from './placed-instance';
import type { Ctx } from './services';
import { swapNodes } from './swap-nodes';

const Params = z.object({ instanceId: Id });
type Params = z.infer<typeof Params>;

const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    for (const { name, state } of [node, secondary])
      if (state !== 'online')
        throw new AppError(
          'wrong_state',
          `Cannot clean up the migration of ${instance.name}: ${name} is ${state}`,
        );
    const views = await Promise.all([node, secondary].map((one) => viewFrom(ctx, one, instanceId)));
    const verdict = judgeMigration(views, node.id);
    if (!verdict)
      throw new AppError(
        'wrong_state',
        `${instance.name} runs on ${node.name} and on ${secondary.name}: stop it on the one where it is wrong`,
      );
    const running = [node, secondary].find(({ id }) => id === verdict.runsOn);
    ctx.log(running ? `${instance.name} runs on ${running.name}` : `${instance.name} runs on neither node`);
    return verdict;
  },
});

const finish = step('finish-migration', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { node, secondary } = await readMirrored(ctx, instanceId);
    for (const { nodeId, side, success } of needOutput(ctx, look).finish) {
      const one = [node, secondary].find(({ id }) => id === nodeId);
      if (!one || (await viewFrom(ctx, one, instanceId)).migration === null) continue;
      if (side === 'source' && !success)
        await callAgent(ctx, { node: one }, 'instance.cancelMigration', { instanceId });
      await callAgent(ctx, { node: one }, 'instance.finishMigration', {
        ...{ instanceId, side, success, resume: side === 'source' && !success },
      });
      ctx.log(`${one.name} has let go of its half of the migration`);
    }
  },
});

/** From the node itself, whatever the other one said of it last. */
const record = step('record-node', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { node, secondary } = await readMirrored(ctx, instanceId);
    const { runsOn } = needOutput(ctx, look);
    const [running, other] = runsOn === secondary.id ? [secondary, node] : [node, secondary];
    const { seen } = await lookAtInstance(ctx, running, instanceId);
    if (!seen || running.id !== runsOn) return;
    const { operState, since, detail, accelerator } = seen;
    await ctx.change((tx) => forgetElsewhere(tx, instanceId));
    await swapNodes(ctx, {
      ...{ instanceId, nodeId: running.id, secondaryId: other.id },
      states: () => ({ operState, operSince: new Date(since), operDetail: detail, accelerator }),
    });
  },
});

const release = step('release-mirrors', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, secondary } = await readMirrored(ctx, instanceId);
    if (!hasMirrors(instance) || !instance.disksActive) return;
    const nodes = [node, secondary];
    await assembleOnAll(ctx, instance, nodes);
    const { runsOn } = needOutput(ctx, look);
    for (const one of nodes.filter(({ id }) => id !== runsOn)) await close(ctx, instance, one);
    await onEach(nodes, async (one) => {
      for (const disk of toNodeDisks(instance, one.id))
        await callAgent(ctx, { node: one }, 'mirror.connect', { ...disk, wish: 'usual' });
    });
  },
});

export const instanceCleanupMigration = operation({
  name: 'instance.cleanupMigration',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'clean up the migration of'),
  steps: [look, finish, record, release],
});

async function viewFrom(ctx: Ctx, node: InstanceNode, instanceId: string): Promise<NodeView> {
  const { seen, isRunning } = await lookAtInstance(ctx, node, instanceId);
  return { nodeId: node.id, runs: isRunning, migration: seen?.migration ?? null };
}

async function close(ctx: Ctx, instance: PlacedInstance, node: InstanceNode): Promise<void> {
  for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.close', disk);
}

/** Of two nodes that both are its own none is elsewhere; and the one that says nothing new would not tell so. */
async function forgetElsewhere(tx: Tx, id: string): Promise<void> {
  await tx.instance.update({ where: { id }, data: { elsewhereId: null }, select: { id: true } });
}
