// Start, stop, reboot and remove: refused where the instance's state says so, else accepted as a job.
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import { operatorHvParams, type StartOverrides } from '@/contract/schemas/hv-params';
import type {
  InstanceReboot,
  InstanceRemove,
  InstanceStart,
  InstanceStop,
} from '@/contract/schemas/instance';
import { noAmounts, powerChargeOf } from '../quotas/charge';
import { authorize, type Ctx } from '../auth/authorize';
import { forgetAttempts } from '../db/attempts';
import { isOperator } from '../db/viewer';
import { requireOnce } from './instance-offer';
import { instanceTarget } from './instances';
import { invalidField } from './invalid-field';
import { order } from './order-job';

/** `wish` left out: as it is configured. */
export async function startInstance(
  ctx: Ctx,
  { id, ...wish }: { id: string } & Partial<InstanceStart>,
): Promise<Accepted> {
  const actor = await authorize(ctx, 'instance.power', await instanceTarget(ctx.db, id));
  const { paused = false, once = {} } = wish;
  if (!isOperator(actor)) requireOwnersOnce(once);
  return order(ctx, {
    action: 'start',
    access: 'instance.power',
    operation: 'instance.start',
    id,
    params: { ...(paused && { paused }), ...(Object.keys(once).length > 0 && { once }) },
    // What was stopped by its guest alone still has its admin state up, and has been charged all the time.
    charge: (instance, policy) =>
      instance.adminState === 'up' ? noAmounts : powerChargeOf(instance, policy),
    // Whoever starts what was given up wants it to be kept running again.
    prepare: async (tx) => {
      await forgetAttempts(tx, { instanceId: id, watcher: 'keep-running' });
      await requireOnce(tx, { instanceId: id, once });
      return {};
    },
  });
}

/** What names files of nodes is not for customers; to do without one is. */
function requireOwnersOnce(once: StartOverrides): void {
  const named: Record<string, unknown> = once;
  const forbidden = operatorHvParams.find((key) => named[key] !== undefined && named[key] !== null);
  if (forbidden) throw new AppError('forbidden', `Only operators may set ${forbidden}`);
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
