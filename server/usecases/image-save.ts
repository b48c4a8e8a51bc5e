// Saving an instance's first disk as an image of its cluster.
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type { ImageSave } from '@/contract/schemas/image';
import type { Ctx } from '../auth/authorize';
import type { Tx } from '../db/client';
import { publish } from '../events/publish';
import { refuseDuplicate } from './images';
import { type LockedInstance, order } from './order-job';

/** Of one that neither runs nor is meant to. The image is there at once, and ready when the job has ended. */
export function saveImage(ctx: Ctx, { id, name, isPublic }: { id: string } & ImageSave): Promise<Accepted> {
  const accepted = order(ctx, {
    ...{ action: 'saveImage', access: 'image.create', operation: 'instance.saveImage', id },
    details: { name, isPublic },
    check: (instance) => {
      if (instance.disks.every(({ index }) => index !== 0))
        throw new AppError('wrong_state', `${instance.name} has no disks: there is nothing to save`);
    },
    prepare: async (tx, instance) => ({ imageId: await insertImage(ctx, tx, { name, isPublic, instance }) }),
  });
  return accepted.catch((error: unknown) => refuseDuplicate(error, name));
}

type Row = { name: string; isPublic: boolean; instance: LockedInstance };

async function insertImage({ actor }: Ctx, tx: Tx, { instance, ...about }: Row): Promise<string> {
  const { id } = await tx.image.create({
    data: {
      ...{ ...about, clusterId: instance.clusterId, source: 'instance', createdById: actor?.userId },
      // What the node writes is known when it has.
      ...{ state: 'fetching', format: 'raw' },
    },
    select: { id: true },
  });
  await publish(tx, { kind: 'image', id });
  return id;
}
