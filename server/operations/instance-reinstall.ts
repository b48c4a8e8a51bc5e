// Installs an OS over what an instance had, which must not run. From `record-os` on there is no way back: whatever happens later, the instance
// has the OS that was asked for, and installing it can be asked for again.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { OsChoice } from '@/contract/schemas/instance';
import { operation, step } from '../jobs/operation';
import { defineOnAll } from './define-on-all';
import { deliverFitting } from './deliver-image';
import { toAbout } from './instance-about';
import { lookAtInstance } from './look-at-instance';
import { bringUpMirrors, hasMirrors, lookAtMirrors, requireUpToDate, settleNewMirrors } from './mirrors';
import { toNodeDisks } from './node-disks';
import { callAgent, onEach, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({
  instanceId: Id,
  os: OsChoice,
  eraseDisks: z.boolean(),
});
type Params = z.infer<typeof Params>;

/** All that can be refused, before anything is changed. */
const verifyOs = step('verify-os', {
  async do(ctx: Ctx, { instanceId, os, eraseDisks }: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, instanceId);
    const away = eraseDisks ? nodes.find(({ state }) => state !== 'online') : undefined;
    if (away)
      throw new AppError(
        'wrong_state',
        `Cannot erase the disks of ${instance.name}: ${away.name} is ${away.state}`,
      );
    if ((await lookAtInstance(ctx, node, instanceId)).isRunning)
      throw new AppError('wrong_state', `Cannot reinstall ${instance.name}: it is running`);
    await callAgent(ctx, { node }, 'os.verify', { os });
  },
});

const deliver = step('deliver-image', {
  when: ({ os }: Params) => os.kind === 'image',
  async do(ctx: Ctx, { instanceId, os }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    await deliverFitting(ctx, { instance: { ...instance, os }, node });
  },
});

const recordOs = step('record-os', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, os }: Params) {
    await ctx.change(async (tx, announce) => {
      const { ownerId } = await tx.instance.update({ where: { id: instanceId }, data: { os } });
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
    await defineOnAll(ctx, instanceId);
  },
});

const renewDisks = step('renew-disks', {
  when: ({ eraseDisks }: Params) => eraseDisks,
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, nodes } = await readPlaced(ctx, instanceId);
    await onEach(nodes, async (node) => {
      for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.remove', disk);
    });
    await makeDisks(ctx, instanceId);
  },
  /** Empty disks are better than none. */
  undo: (ctx: Ctx, { instanceId }: Params) => makeDisks(ctx, instanceId),
});

/** As an administrator's own reinstallation, it may be stopped half-way: the guest is lost either way. */
const installOs = step('install-os', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node, nodes } = await readPlaced(ctx, instanceId);
    if (hasMirrors(instance)) {
      await bringUpMirrors(ctx, { instance, nodes });
      requireUpToDate(instance, node, await lookAtMirrors(ctx, node, instance));
    }
    const about = toAbout(instance);
    await callAgent(ctx, { node }, 'os.install', { instanceId, about, reinstall: true });
  },
});

export const instanceReinstall = operation({
  name: 'instance.reinstall',
  params: Params,
  locks: ({ instanceId, os }) => ({
    image: { shared: os.kind === 'image' ? [os.imageId] : [] },
    instance: [instanceId],
  }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'reinstall'),
  steps: [verifyOs, deliver, recordOs, renewDisks, installOs],
});

/** What is there already stays: then it is as it should be. */
async function makeDisks(ctx: Ctx, instanceId: string): Promise<void> {
  const { instance, nodes } = await readPlaced(ctx, instanceId);
  const { wipeDisks: wipe } = instance.cluster;
  await onEach(nodes, async (node) => {
    const disks = toNodeDisks(instance, node.id);
    for (const [index, disk] of disks.entries()) {
      const onProgress = (done: number) => ctx.progress((index + done) / disks.length);
      await callAgent(ctx, { node, onProgress }, 'disk.create', { ...disk, wipe });
    }
  });
  const how = wipe ? 'inSync' : 'thisSide';
  if (hasMirrors(instance)) await settleNewMirrors(ctx, { instance, nodes, how });
}
