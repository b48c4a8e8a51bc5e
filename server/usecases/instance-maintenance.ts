// What operators do to an instance that is to stay down for a while: its disks, and whether it may be started at all.
import { AppError } from '@/contract/errors';
import { type InstanceAction, whyNot } from '@/contract/instance-actions';
import type { Accepted } from '@/contract/schemas/common';
import type { Instance } from '@/contract/schemas/instance';
import { type AdminState, InstanceStatus } from '@/contract/states';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import { changeInstance, lockInstances } from '../db/instance-state';
import { transact } from '../db/transact';
import { publish } from '../events/publish';
import { refuseIfBusy } from '../jobs/submit';
import { getInstance, instanceTarget } from './instances';
import { type LockedInstance, order } from './order-job';
import { refusalText } from './refusal-text';

const access = 'instance.maintain';

export function activateDisks(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  const operation = 'instance.activateDisks';
  return order(ctx, { action: 'activateDisks', access, operation, id, check: requireDisks });
}

export function deactivateDisks(ctx: Ctx, { id }: { id: string }): Promise<Accepted> {
  const check = (instance: LockedInstance) => {
    requireDisks(instance);
    if (instance.adminState === 'up' && instance.status === 'userDown')
      throw refused('deactivateDisks', instance.name, 'shouldRun');
  };
  return order(ctx, { action: 'deactivateDisks', access, operation: 'instance.deactivateDisks', id, check });
}

/** Kept out of use: it cannot be started until it is set online again. */
export function setInstanceOffline(ctx: Ctx, { id }: { id: string }): Promise<Instance> {
  return setAdminState(ctx, { id, from: 'down', to: 'offline', action: 'setOffline' });
}

export function setInstanceOnline(ctx: Ctx, { id }: { id: string }): Promise<Instance> {
  return setAdminState(ctx, { id, from: 'offline', to: 'down', action: 'setOnline' });
}

type Wish = { id: string; from: AdminState; to: AdminState; action: 'setOffline' | 'setOnline' };

/** Only what was asked for changes, so no job is needed, and no quota moves: both states are charged alike. */
async function setAdminState(ctx: Ctx, { id, from, to, action }: Wish): Promise<Instance> {
  const target = await instanceTarget(ctx.db, id);
  const actor = await authorize(ctx, access, target);
  await transact(ctx.db, async (tx) => {
    const [instance] = await lockInstances(tx, { ids: [id] });
    if (!instance) throw notFound(target);
    const { name = id } = target;
    const { ownerId, status, adminState } = instance;
    const reason = whyNot(action, InstanceStatus.parse(status), false);
    if (reason) throw refused(action, name, reason);
    if (adminState !== from) throw refused(action, name, from === 'offline' ? 'notOffline' : 'shouldRun');
    await refuseIfBusy(tx, { id, name });
    await changeInstance(tx, id, () => ({ adminState: to }));
    await recordAudit(tx, {
      ...{ action: `instance.${action}`, outcome: 'done', actor, address: actor.address, ownerId },
      target: { kind: 'instance', id, name },
    });
    await publish(tx, { kind: 'instance', id, ownerId });
  });
  return getInstance(ctx, { id });
}

function requireDisks({ name, disksMiB }: LockedInstance): void {
  if (disksMiB.length === 0) throw new AppError('wrong_state', `${name} has no disks`);
}

function refused(action: InstanceAction, name: string, reason: keyof typeof refusalText): AppError {
  return new AppError('wrong_state', `Cannot ${action} ${name}: ${refusalText[reason]}`, {
    details: { reason },
  });
}
