// Accepting a new instance: everything that can be known to be wrong is refused here, and instance, job, quota and audit are written together.
import { fieldMessages } from '@/contract/field-messages';
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import { type InstanceCreate, scriptOf } from '@/contract/schemas/instance';
import { authorize, type Ctx } from '../auth/authorize';
import type { Actor } from '../auth/actor';
import { recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { isDuplicate, transact } from '../db/transact';
import { publish } from '../events/publish';
import { submitJob } from '../jobs/submit';
import { lockQuota } from '../quotas/accounts';
import { chargeOf } from '../quotas/charge';
import { reserve } from '../quotas/ledger';
import { resolveImage } from './image-choice';
import { requireOffer } from './instance-offer';
import { invalidField } from './invalid-field';
import { nameOs } from './name-os';
import { newNics } from './new-nics';

type Wish = InstanceCreate & { ownerId: string };

const attempts = 5;

export async function createInstance(ctx: Ctx, input: InstanceCreate): Promise<Accepted> {
  const actor = await authorize(ctx, 'instance.create');
  const ownerId = input.ownerId ?? actor.userId;
  if (ownerId !== actor.userId || input.nodeId || input.secondaryId || input.exceedQuota)
    await authorize(ctx, 'instance.createFor');
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact(ctx.db, (tx) => accept(tx, { ...input, ownerId }, actor));
    } catch (error) {
      // The name was taken at the same moment, which the next attempt says kindly, or a random MAC address was.
      if (attempt >= attempts || !isDuplicate(error)) throw error;
    }
  }
}

async function accept(tx: Tx, wish: Wish, actor: Actor): Promise<Accepted> {
  const { name, clusterId, ownerId, exceedQuota: exceed } = wish;
  const policy = await lockQuota(tx, { ownerId, clusterId });
  await requireOwner(tx, ownerId);
  await requireFreeName(tx, wish);
  const [first] = wish.disks;
  const diskField = ['disks', 0, 'sizeMiB'];
  const os = await resolveImage(tx, { ...wish, actor, diskMiB: first?.sizeMiB, diskField });
  await requireOffer(tx, { ...wish, os }, actor);
  const instanceId = await insertInstance(tx, { ...wish, os });
  const jobId = await submitJob(tx, {
    operation: 'instance.create',
    params: {
      instanceId,
      nodeId: wish.nodeId ?? null,
      secondaryId: wish.secondaryId ?? null,
      start: wish.start,
      hasDisks: wish.disks.length > 0,
      isMirrored: wish.diskTemplate === 'drbd',
      isScripted: scriptOf(os) !== null,
      imageId: wish.os.kind === 'image' ? wish.os.imageId : null,
      installsOs: wish.os.kind !== 'none' && wish.os.kind !== 'iso',
    },
    target: { kind: 'instance', id: instanceId, name },
    clusterId,
    ownerId,
    createdById: actor.userId,
  });
  const shape = { ...wish, disksMiB: wish.disks.map((disk) => disk.sizeMiB) };
  await reserve(tx, {
    ownerId,
    clusterId,
    instanceId,
    jobId,
    amounts: chargeOf(shape, policy, wish.start),
    exceed,
  });
  await recordAudit(tx, {
    action: 'instance.create',
    outcome: 'accepted',
    actor,
    address: actor.address,
    target: { kind: 'instance', id: instanceId, name },
    ownerId,
    jobId,
    details: auditDetails({ ...wish, os }),
  });
  await publish(tx, { kind: 'instance', id: instanceId, ownerId }, { kind: 'cluster', id: clusterId });
  return { jobId, instanceId };
}

export async function requireOwner(tx: Tx, ownerId: string): Promise<void> {
  const owner = await tx.user.findUnique({ where: { id: ownerId }, select: { disabled: true } });
  if (!owner) throw invalidField(['ownerId'], fieldMessages.ownerUnknown);
  if (owner.disabled) throw invalidField(['ownerId'], fieldMessages.ownerDisabled);
}

// Names are unique in a cluster, whoever owns them: that a name is taken is the only thing that this tells about other people's instances.
export async function requireFreeName(
  tx: Tx,
  { name, clusterId }: { name: string; clusterId: string },
): Promise<void> {
  const taken = await tx.instance.findUnique({
    where: { clusterId_name: { clusterId, name } },
    select: { id: true },
  });
  if (!taken) return;
  const message = `The name ${name} is taken in this cluster.`;
  throw new AppError('already_exists', message, { details: { issues: [{ path: ['name'], message }] } });
}

async function insertInstance(tx: Tx, wish: Wish): Promise<string> {
  const { name, clusterId, ownerId, hypervisor, os, vcpus, memoryMiB, diskTemplate } = wish;
  const row = await tx.instance.create({
    data: {
      ...{ name, clusterId, ownerId, hypervisor, os, vcpus, memoryMiB, diskTemplate },
      ...(wish.seed && { seed: wish.seed }),
      disks: { create: wish.disks.map(({ sizeMiB }, index) => ({ index, sizeMiB })) },
      nics: { create: newNics(wish.nics, []) },
    },
    select: { id: true },
  });
  return row.id;
}

function auditDetails(wish: Wish) {
  return {
    vcpus: wish.vcpus,
    memoryMiB: wish.memoryMiB,
    diskMiB: wish.disks.reduce((sum, disk) => sum + disk.sizeMiB, 0),
    diskTemplate: wish.diskTemplate,
    os: nameOs(wish.os),
    start: wish.start,
    ...(wish.nodeId ? { nodeId: wish.nodeId } : {}),
    ...(wish.secondaryId ? { secondaryId: wish.secondaryId } : {}),
    ...(wish.exceedQuota ? { exceedQuota: true } : {}),
  };
}
