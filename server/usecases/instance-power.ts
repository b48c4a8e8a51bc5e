// Start, stop, reboot and remove: refused where the instance's state says so, else accepted as a job.
import type { Accepted } from '@/contract/schemas/common';
import type { InstanceReboot, InstanceRemove, InstanceStop } from '@/contract/schemas/instance';
import { noAmounts, powerChargeOf } from '../quotas/charge';
import type { Ctx } from '../auth/authorize';
import { forgetAttempts } from '../db/attempts';
import { invalidField } from './invalid-field';
import { order } from './order-job';

export function startInstance(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  return order(ctx, {
    action: 'start',
    access: 'instance.power',
    operation: 'instance.start',
    id,
    // What was stopped by its guest alone still has its admin state up, and has been charged all the time.
    charge: (instance, policy) =>
      instance.adminState === 'up' ? noAmounts : powerChargeOf(instance, policy),
    // Whoever starts what was given up wants it to be kept running again.
    prepare: async (tx) => {
      await forgetAttempts(tx, { instanceId: id, watcher: 'keep-running' });
      return {};
    },
  });
}

export function stopInstance(ctx: Ctx, { id, ...params }: { id: string } & InstanceStop): Promise<Accepted> {
  return order(ctx, { action: 'stop', access: 'instance.power', operation: 'instance.stop', id, params });
}

export function rebootInstance(
  ctx: Ctx,
  { id, ...params }: { id: string } & InstanceReboot,
): Promise<Accepted> {
  return order(ctx, { action: 'reboot', access: 'instance.power', operation: 'instance.reboot', id, params });
}

export function pauseInstance(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  return order(ctx, { action: 'pause', access: 'instance.power', operation: 'instance.pause', id });
}

export function resumeInstance(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  return order(ctx, { action: 'resume', access: 'instance.power', operation: 'instance.resume', id });
}

export function removeInstance(
  ctx: Ctx,
  { id, confirmName }: { id: string } & InstanceRemove,
): Promise<Accepted> {
  return order(ctx, {
    action: 'remove',
    access: 'instance.remove',
    operation: 'instance.remove',
    id,
    check: ({ name }) => {
      if (name !== confirmName) throw invalidField(['confirmName'], `Type ${name} to remove it.`);
    },
  });
}
