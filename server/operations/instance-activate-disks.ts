// Brings an instance's disks up on all its nodes that answer, and waits until mirrored ones have met. For what a node's restart took down, and
// after maintenance. It makes no side writable and decides nothing: sides that contradict each other stay apart.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { changeInstance } from '../db/instance-state';
import { storeMirrorStatuses } from '../db/mirror-status';
import { operation, step } from '../jobs/operation';
import { assembleOnAll, lookAtMirrors, untilConnected } from './mirrors';
import { type InstanceNode, onEach, type PlacedInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';
import { shutDownDisks } from './shut-down-disks';

const Params = z.object({ instanceId: Id });
type Params = z.infer<typeof Params>;

const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance } = await readPlaced(ctx, instanceId);
    return { wereActive: instance.disksActive };
  },
});

const assemble = step('assemble-disks', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const online = nodes.filter(({ state }) => state === 'online');
    const [first] = online;
    if (!first) throw nobodyAnswers(instance, nodes);
    for (const { name } of nodes.filter((node) => !online.includes(node)))
      ctx.log(`${name} is not online and left out`, 'warn');
    await assembleOnAll(ctx, instance, online);
    await recordSeen(ctx, instance, online);
    if (online.length > 1) await untilConnected(ctx, first, instance);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (ctx.output(look)?.wereActive !== false) return;
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    await shutDownDisks(ctx, instance, nodes);
  },
});

const record = step('record-active', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    await setActive(ctx, instanceId, true);
    const online = nodes.filter(({ state }) => state === 'online');
    await recordSeen(ctx, instance, online);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (ctx.output(look)?.wereActive === false) await setActive(ctx, instanceId, false);
  },
});

export const instanceActivateDisks = operation({
  name: 'instance.activateDisks',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'activate the disks of'),
  steps: [look, assemble, record],
});

/** Also changes the status, which tells of it. */
export async function setActive(ctx: Ctx, instanceId: string, disksActive: boolean): Promise<void> {
  await ctx.change(async (tx, announce) => {
    const { ownerId } = await changeInstance(tx, instanceId, () => ({ disksActive }));
    announce({ kind: 'instance', id: instanceId, ownerId });
  });
}

/** Sooner than the nodes tell by themselves: who looks next must not take what was so before for what is. */
async function recordSeen(ctx: Ctx, instance: PlacedInstance, nodes: InstanceNode[]): Promise<void> {
  await onEach(nodes, async (node) => {
    const seen = await lookAtMirrors(ctx, node, instance);
    const split = seen.findIndex(({ splitBrain }) => splitBrain);
    await ctx.change(async (tx, announce) => {
      const changed = await storeMirrorStatuses(tx, node.id, seen);
      announce(...changed.map((one) => ({ kind: 'instance' as const, ...one })));
    });
    if (split >= 0)
      throw new AppError(
        'wrong_state',
        `The sides of disk ${split} of ${instance.name} contradict each other: somebody has to choose one`,
      );
  });
}

function nobodyAnswers({ name }: PlacedInstance, nodes: InstanceNode[]): AppError {
  const names = nodes.map((node) => node.name).join(' and ');
  return new AppError('unavailable', `Cannot activate the disks of ${name}: ${names} are not online`);
}
