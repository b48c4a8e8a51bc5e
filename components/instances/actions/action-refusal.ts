// Why an action is not offered for an instance: by its status, and by what it is made of.
import { type InstanceAction, type Refusal, whyNot } from '@/contract/instance-actions';
import type { Instance } from '@/contract/schemas/instance';

const needsSecondary: InstanceAction[] = ['migrate', 'failover', 'replaceDisks'];

/** A key under `reasons`; null when it is offered. */
export function actionRefusal(
  action: InstanceAction,
  { status, job, secondary }: Pick<Instance, 'status' | 'job' | 'secondary'>,
): Refusal | 'noSecondary' | null {
  if (needsSecondary.includes(action) && secondary === null) return 'noSecondary';
  return whyNot(action, status, job !== null);
}
