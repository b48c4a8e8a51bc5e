// What an operation knows of an instance's observed state from the agent's answers, until the watcher reports it.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { InstanceStates, StatefulInstance } from '../db/instance-state';

/** Unless the watcher has told something newer already. */
export function seenBy(before: StatefulInstance, observed: ObservedInstance): Partial<InstanceStates> {
  const operSince = new Date(observed.since);
  if (before.operSince && before.operSince > operSince) return {};
  const { operState, detail: operDetail, accelerator } = observed;
  return { operState, operSince, operDetail, accelerator };
}

/** After a stop that succeeded. */
export function seenStopped(before: StatefulInstance): Partial<InstanceStates> {
  if (before.operState === 'absent') return {};
  return { operState: 'absent', operSince: new Date(), operDetail: null, accelerator: null };
}
