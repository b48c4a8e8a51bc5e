// Another OS or another name for an instance that does not run.
import { AppError } from '@/contract/errors';
import { fieldMessages } from '@/contract/field-messages';
import type { Accepted } from '@/contract/schemas/common';
import { tinyMinDiskMiB, tinyMinMemoryMiB } from '@/contract/schemas/instance';
import type { InstanceReinstall, InstanceRename } from '@/contract/schemas/instance-install';
import { authorize, type Ctx } from '../auth/authorize';
import { resolveImage } from './image-choice';
import { requireOsOn } from './instance-offer';
import { requireFreeName } from './instance-create';
import { instanceTarget } from './instances';
import { invalidField } from './invalid-field';
import { nameOs } from './name-os';
import { type LockedInstance, order } from './order-job';

export async function reinstallInstance(
  ctx: Ctx,
  { id, confirmName, os, eraseDisks }: { id: string } & InstanceReinstall,
): Promise<Accepted> {
  const actor = await authorize(ctx, 'instance.install', await instanceTarget(ctx.db, id));
  return order(ctx, {
    ...{ action: 'reinstall', access: 'instance.install', operation: 'instance.reinstall', id },
    params: { os, eraseDisks },
    details: { os: nameOs(os) },
    check: (instance) => {
      if (instance.name !== confirmName)
        throw invalidField(['confirmName'], `Type ${instance.name} to install over it.`);
      requireDisk(instance, os.kind);
    },
    prepare: async (tx, instance) => {
      const { clusterId, disks } = instance;
      const diskMiB = disks.find(({ index }) => index === 0)?.sizeMiB;
      const resolved = await resolveImage(tx, { os, clusterId, actor, diskMiB });
      await requireOsOn(tx, { instanceId: instance.id, os: resolved });
      return { os: resolved };
    },
  });
}

export function renameInstance(ctx: Ctx, { id, name }: { id: string } & InstanceRename): Promise<Accepted> {
  return order(ctx, {
    ...{ action: 'rename', access: 'instance.install', operation: 'instance.rename', id },
    params: { newName: name },
    prepare: async (tx, { clusterId }) => {
      await requireFreeName(tx, { name, clusterId });
      return {};
    },
  });
}

function requireDisk({ name, disks, memoryMiB }: LockedInstance, kind: string): void {
  const first = disks.find(({ index }) => index === 0)?.sizeMiB;
  if (first === undefined)
    throw new AppError('wrong_state', `${name} has no disks: there is nothing to install on`);
  if (kind !== 'tiny') return;
  if (first < tinyMinDiskMiB) throw invalidField(['os'], fieldMessages.tinyDisk);
  if (memoryMiB < tinyMinMemoryMiB) throw invalidField(['os'], fieldMessages.tinyMemory);
}
