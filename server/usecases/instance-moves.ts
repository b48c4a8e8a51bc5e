// Where an instance runs and where its mirrors lie: for operators, who see the nodes.
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type {
  InstanceConvert,
  InstanceFailover,
  InstanceMigrate,
  InstanceMove,
  InstanceRecreateDisks,
  InstanceRepairMirror,
  InstanceReplaceDisks,
} from '@/contract/schemas/instance-actions';
import type { Ctx } from '../auth/authorize';
import { invalidField } from './invalid-field';
import { order } from './order-job';

type On<Wish> = { id: string } & Wish;

export function migrateInstance(ctx: Ctx, { id, ...params }: On<InstanceMigrate>): Promise<Accepted> {
  const access = 'instance.migrate';
  return order(ctx, { action: 'migrate', access, operation: 'instance.migrate', id, params });
}

export function failOverInstance(ctx: Ctx, { id, ...params }: On<InstanceFailover>): Promise<Accepted> {
  const access = 'instance.failover';
  return order(ctx, { action: 'failover', access, operation: 'instance.failover', id, params });
}

/** To any node, with its disks: where they are mirrored there are quicker ways. */
export function moveInstance(ctx: Ctx, { id, ...params }: On<InstanceMove>): Promise<Accepted> {
  const access = 'instance.move';
  return order(ctx, {
    ...{ action: 'move', access, operation: 'instance.move', id, params },
    check: ({ name, diskTemplate }) => {
      if (diskTemplate !== 'drbd') return;
      const instead = 'Migrate it, or fail it over, to its other node';
      throw new AppError('wrong_state', `Cannot move ${name}: its disks are mirrored. ${instead}`);
    },
  });
}

export function recreateDisks(
  ctx: Ctx,
  { id, confirmName, ...params }: On<InstanceRecreateDisks>,
): Promise<Accepted> {
  const access = 'instance.recreateDisks';
  const { diskIds, relocate, nodeId, secondaryId } = params;
  return order(ctx, {
    ...{ action: 'recreateDisks', access, operation: 'instance.recreateDisks', id, params },
    check: ({ name, disks, diskTemplate }) => {
      if (name !== confirmName)
        throw invalidField(['confirmName'], `Type ${name} to lose what is on its disks.`);
      if (disks.length === 0) throw new AppError('wrong_state', `${name} has no disks`);
      if (diskIds.some((one) => !disks.some((disk) => disk.id === one)))
        throw new AppError('not_found', `${name} does not have this disk`);
      const isMoving = relocate || nodeId !== undefined || secondaryId !== undefined;
      if (isMoving && diskIds.length > 0)
        throw invalidField(['diskIds'], 'All disks go to other nodes, or none.');
      if (secondaryId !== undefined && diskTemplate !== 'drbd')
        throw invalidField(['secondaryId'], 'Only mirrored disks have a second node.');
      if (nodeId !== undefined && nodeId === secondaryId)
        throw invalidField(['secondaryId'], 'The two sides of mirrors lie on two nodes.');
    },
  });
}

export function replaceDisks(ctx: Ctx, { id, ...params }: On<InstanceReplaceDisks>): Promise<Accepted> {
  const access = 'instance.replaceDisks';
  return order(ctx, { action: 'replaceDisks', access, operation: 'instance.replaceDisks', id, params });
}

/** After a split brain: the side on the other node is overwritten with the one that is kept. */
export function repairMirror(ctx: Ctx, { id, ...params }: On<InstanceRepairMirror>): Promise<Accepted> {
  const access = 'instance.repairMirror';
  const { diskId } = params;
  return order(ctx, {
    ...{ action: 'repairMirror', access, operation: 'instance.repairMirror', id, params },
    check: ({ name, disks }) => {
      if (disks.some((disk) => disk.id === diskId)) return;
      throw new AppError('not_found', `${name} does not have this disk`);
    },
  });
}

export function convertInstance(ctx: Ctx, { id, ...params }: On<InstanceConvert>): Promise<Accepted> {
  const access = 'instance.convert';
  return order(ctx, { action: 'convert', access, operation: 'instance.convert', id, params });
}
