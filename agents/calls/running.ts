// What calls on running instances have in common: the driver that has it, its turn, and words for what failed.
import { AppError } from '@/contract/errors';
import type { ObservedInstance } from '@/contract/agent-calls';
import { isHere, observedOf } from '../driver-choice';
import type { Drivers } from '../drivers';
import type { Hypervisor } from '../hypervisors/hypervisor';
import type { NodeParts } from '../node-parts';
import type { CallContext } from './handlers';
import { inContext } from './in-context';

/** The hypervisor whose process it is here; undefined where there is none. */
export function findHypervisor({ hypervisors }: Drivers, instanceId: string): Hypervisor | undefined {
  return hypervisors.find((one) => one.list().some((seen) => seen.id === instanceId && isHere(seen)));
}

export function runningHypervisor(drivers: Drivers, instanceId: string): Hypervisor {
  const hypervisor = findHypervisor(drivers, instanceId);
  if (!hypervisor) throw new AppError('wrong_state', 'it is not running');
  return hypervisor;
}

export function needObserved(drivers: Drivers, instanceId: string): ObservedInstance {
  const observed = observedOf(drivers, instanceId);
  if (!observed) throw new AppError('internal', 'the hypervisor does not show it');
  return observed;
}

type OnInstance = { instanceId: string };
type Verb<P, R> = (params: P, call: CallContext) => Promise<R>;

/** Waits for its turn among the calls on the instance. `doing`: "pause", "plug a disk into", … */
export function inTurn<P extends OnInstance, R>(
  { definitions, locks }: NodeParts,
  doing: string,
  work: Verb<P, R>,
): Verb<P, R> {
  return (params, call) =>
    locks.run(
      params.instanceId,
      () =>
        inContext(`Cannot ${doing} ${definitions.get(params.instanceId)?.name ?? 'the instance'}`, () =>
          work(params, call),
        ),
      call.signal,
    );
}
