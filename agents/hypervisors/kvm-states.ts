// From what QEMU says of itself to what is observed of the instance.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { OperState } from '@/contract/states';

export type Seen = Pick<ObservedInstance, 'operState' | 'detail' | 'migration'>;

/** It does run, so nobody may take its disks away. */
export const noAnswer = 'QEMU runs but its monitor does not answer.';

/** Why QEMU paused a guest by itself (RunState of the QMP reference), in words. */
const pauseReasons: Record<string, string> = {
  'io-error': 'A disk answered with an error, or the node has no space left.',
  'internal-error': 'QEMU or KVM met an internal error.',
  'guest-panicked': 'The guest panicked.',
  watchdog: "The guest's watchdog ran out.",
};

/** QEMU's events after which it is asked how it is. */
export const tellingEvents = ['STOP', 'RESUME', 'BALLOON_CHANGE', 'MIGRATION'];

const sendingStatuses = ['setup', 'active', 'device', 'pre-switchover', 'wait-unplug', 'cancelling'];

/**
 * `status` is QEMU's run state, `sending` the status of its migration. `before`: what the guest did before it was stopped for the last part
 * of a migration, when that says nothing of its own any more.
 */
export function seenFrom(qemu: {
  status: string;
  sending: string | null;
  isArriving: boolean;
  before: OperState;
}): Seen {
  const { status, sending, isArriving, before } = qemu;
  // One that runs was let go on by an agent which died before it could write that down.
  if (isArriving && status !== 'running')
    return { operState: 'absent', detail: 'It is arriving from another node.', migration: 'receiving' };
  // All of it is there a moment before the guest counts as gone.
  if (status === 'finish-migrate')
    return { operState: before, detail: null, migration: sending === 'completed' ? 'sent' : 'sending' };
  if (status === 'postmigrate') return { operState: before, detail: null, migration: 'sent' };
  const migration = sendingStatuses.includes(sending ?? '') ? 'sending' : null;
  if (status === 'running') return { operState: 'running', detail: null, migration };
  return { operState: 'paused', detail: pauseReasons[status] ?? null, migration };
}
