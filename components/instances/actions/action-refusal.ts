// Why an action is not offered for an instance: by its status, by what it is made of, and by what was asked of it.
import { type InstanceAction, type Refusal, whyNot } from '@/contract/instance-actions';
import type { Instance } from '@/contract/schemas/instance';

const needsSecondary: InstanceAction[] = ['migrate', 'failover', 'replaceDisks'];
/** Also not of what its guest has shut down, which still is meant to run. */
const needsDown: InstanceAction[] = ['deactivateDisks', 'setOffline'];

type Asked = Pick<Instance, 'status' | 'adminState' | 'job' | 'secondary'>;

/** A key under `reasons`; null when it is offered. */
export function actionRefusal(
  action: InstanceAction,
  { status, adminState, job, secondary }: Asked,
): Refusal | 'noSecondary' | null {
  if (needsSecondary.includes(action) && secondary === null) return 'noSecondary';
  const refusal = whyNot(action, status, job !== null);
  if (refusal) return refusal;
  return needsDown.includes(action) && adminState === 'up' ? 'shouldRun' : null;
}
