// Gives an instance another name. Disks, volumes and run-time files are named by ids and stay as they are; the guest is told where its OS can be.
import { z } from 'zod';
import { AppError, toErrorBody } from '@/contract/errors';
import { Id, InstanceName } from '@/contract/names';
import { scriptOf } from '@/contract/schemas/instance';
import { isDuplicate } from '../db/transact';
import { operation, step } from '../jobs/operation';
import { defineOnAll } from './define-on-all';
import { toAbout } from './instance-about';
import { callAgent, readInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id, newName: InstanceName });
type Params = z.infer<typeof Params>;

const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { name } = await readInstance(ctx.db, instanceId);
    return { name };
  },
});

const recordName = step('record-name', {
  do: (ctx: Ctx, { instanceId, newName }: Params) => setName(ctx, instanceId, newName),
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (before) await setName(ctx, instanceId, before.name);
  },
});

/** Whatever the guest makes of it, the instance has its new name. */
const tellGuest = step('tell-guest', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, newName }: Params) {
    const oldName = ctx.output(look)?.name ?? newName;
    const { instance, node } = await readPlaced(ctx, instanceId);
    if (!scriptOf(instance.os) || instance.disks.length === 0) return;
    try {
      await callAgent(ctx, { node }, 'os.rename', { instanceId, oldName, about: toAbout(instance) });
    } catch (error) {
      ctx.log(`The guest was not told its new name: ${toErrorBody(error).message}`, 'warn');
    }
  },
});

export const instanceRename = operation({
  name: 'instance.rename',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'rename'),
  steps: [look, recordName, tellGuest],
});

async function setName(ctx: Ctx, instanceId: string, name: string): Promise<void> {
  try {
    await ctx.change(async (tx, announce) => {
      const { ownerId } = await tx.instance.update({ where: { id: instanceId }, data: { name } });
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  } catch (error) {
    if (!isDuplicate(error)) throw error;
    throw new AppError('already_exists', `The name ${name} has been taken in this cluster meanwhile`);
  }
  await defineOnAll(ctx, instanceId);
}
