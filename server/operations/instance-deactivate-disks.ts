// Takes the disks of an instance that is down out of use on all its nodes that answer, for maintenance below them; nothing brings them up again
// but a start or an activation.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { operation, step } from '../jobs/operation';
import { setActive } from './instance-activate-disks';
import { lookAtInstance } from './look-at-instance';
import { assembleOnAll } from './mirrors';
import { onEach, readInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';
import { shutDownDisks } from './shut-down-disks';

const Params = z.object({ instanceId: Id });
type Params = z.infer<typeof Params>;

const doing = 'deactivate the disks of';

const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const online = nodes.filter(({ state }) => state === 'online');
    await onEach(online, async (node) => {
      const { seen, isRunning } = await lookAtInstance(ctx, node, instanceId);
      if (isRunning)
        throw new AppError(
          'wrong_state',
          `Cannot ${doing} ${instance.name}: it is ${seen?.operState} on ${node.name}`,
        );
    });
    for (const { name } of nodes.filter((node) => !online.includes(node)))
      ctx.log(`${name} is not online: what is up there stays up`, 'warn');
    return { wereActive: instance.disksActive };
  },
});

const shutDown = step('shut-down-disks', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    await shutDownDisks(ctx, instance, nodes);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (!ctx.output(look)?.wereActive) return;
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    const online = nodes.filter(({ state }) => state === 'online');
    await assembleOnAll(ctx, instance, online);
  },
});

const record = step('record-inactive', {
  do: (ctx: Ctx, { instanceId }: Params) => setActive(ctx, instanceId, false),
  async undo(ctx: Ctx, { instanceId }: Params) {
    if (ctx.output(look)?.wereActive) await setActive(ctx, instanceId, true);
  },
});

export const instanceDeactivateDisks = operation({
  name: 'instance.deactivateDisks',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  async check(ctx: Ctx, { instanceId }) {
    await requireReady(ctx, instanceId, doing);
    const { name, adminState } = await readInstance(ctx.db, instanceId);
    if (adminState === 'up') throw new AppError('wrong_state', `Cannot ${doing} ${name}: it is meant to run`);
  },
  steps: [look, shutDown, record],
});
