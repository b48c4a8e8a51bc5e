// Where an instance runs and where its mirrors lie: for operators, who see the nodes.
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type {
  InstanceConvert,
  InstanceFailover,
  InstanceMigrate,
  InstanceRepairMirror,
  InstanceReplaceDisks,
} from '@/contract/schemas/instance-actions';
import type { Ctx } from '../auth/authorize';
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
