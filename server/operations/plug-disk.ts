// Making a disk whose row and volumes are there a part of the machine, and no part again. A running guest gets it, or has to let go of it.
import { defineOnAll } from './define-on-all';
import { callAgent, readPlaced } from './placed-instance';
import type { Ctx } from './services';

export type DiskOf = { instanceId: string; diskId: string };
export type Apart = 'creating' | 'removing' | 'moving';

export async function plugIn(ctx: Ctx, { instanceId, diskId }: DiskOf): Promise<void> {
  await setLifecycle(ctx, { instanceId, diskId }, 'ready');
  await defineOnAll(ctx, instanceId);
  const { node } = await readPlaced(ctx, instanceId);
  await callAgent(ctx, { node }, 'instance.plugDisk', { instanceId, diskId });
}

/** Also where it never was in; `lifecycle` is what it is afterwards. */
export async function takeOut(ctx: Ctx, disk: DiskOf, lifecycle: Apart): Promise<void> {
  await unplug(ctx, disk);
  await setLifecycle(ctx, disk, lifecycle);
  await defineOnAll(ctx, disk.instanceId);
}

/** The agent asks for it to be in the definition still. */
export async function unplug(ctx: Ctx, { instanceId, diskId }: DiskOf): Promise<void> {
  const { node, isPart } = await readPart(ctx, { instanceId, diskId });
  if (isPart) await callAgent(ctx, { node }, 'instance.unplugDisk', { instanceId, diskId });
}

/** Takes an `unplug` back. */
export async function plugAgain(ctx: Ctx, { instanceId, diskId }: DiskOf): Promise<void> {
  const { node, isPart } = await readPart(ctx, { instanceId, diskId });
  if (isPart) await callAgent(ctx, { node }, 'instance.plugDisk', { instanceId, diskId });
}

export async function setLifecycle(
  ctx: Ctx,
  { instanceId, diskId }: DiskOf,
  lifecycle: 'ready' | Apart,
): Promise<void> {
  await ctx.change(async (tx, announce) => {
    await tx.disk.updateMany({ where: { id: diskId, instanceId }, data: { lifecycle } });
    const { ownerId } = await tx.instance.findUniqueOrThrow({ where: { id: instanceId } });
    announce({ kind: 'instance', id: instanceId, ownerId });
  });
}

async function readPart(ctx: Ctx, { instanceId, diskId }: DiskOf) {
  const { instance, node } = await readPlaced(ctx, instanceId);
  const isPart = instance.disks.some(({ id, lifecycle }) => id === diskId && lifecycle === 'ready');
  return { node, isPart };
}
