// States, and the status of an instance as a rule over them. What a status allows is in instance-actions.ts.
// The same rules feed the server's refusals, the buttons' disabled reasons and the simulated drivers.
import { z } from 'zod';

/** What was asked for. `offline`: kept out of use; it cannot be started until it is set down again. */
export const AdminState = z.enum(['up', 'down', 'offline']);
export type AdminState = z.infer<typeof AdminState>;

/** Who asked for the admin state: somebody at the console, or the guest by powering itself off. */
export const AdminSource = z.enum(['admin', 'user']);
export type AdminSource = z.infer<typeof AdminSource>;

/** What the agent saw: `shutdown` = the guest powered itself off; `crashed` = the process ended without being asked; `absent` = nothing runs. */
export const OperState = z.enum(['running', 'paused', 'shutdown', 'crashed', 'absent', 'unknown']);
export type OperState = z.infer<typeof OperState>;

/** `creating` until its create job succeeded; `removing` while its remove job runs. */
export const Lifecycle = z.enum(['creating', 'ready', 'removing']);
export type Lifecycle = z.infer<typeof Lifecycle>;

/** `joining` and `removing`: an operation works on it, and nobody observes it. `offline`: nobody contacts it. */
export const NodeState = z.enum(['joining', 'online', 'unreachable', 'offline', 'removing']);
export type NodeState = z.infer<typeof NodeState>;

export const InstanceStatus = z.enum([
  'creating',
  'removing',
  'running',
  'paused',
  'stopped',
  'disksInactive',
  'userDown',
  'offline',
  'errorDown',
  'errorUp',
  'errorWrongNode',
  'nodeDown',
  'nodeOffline',
  'unknown',
]);
export type InstanceStatus = z.infer<typeof InstanceStatus>;

export type StatusInput = {
  lifecycle: Lifecycle;
  adminState: AdminState;
  adminSource: AdminSource;
  /** As its primary node saw it. */
  operState: OperState;
  /** Of the primary node; null while none is chosen. */
  nodeState: NodeState | null;
  /** Another node that is not known to be off saw it running there. */
  runsElsewhere: boolean;
  /** A guest that powers itself off may stay off. */
  honoursUserShutdown: boolean;
  disksActive: boolean;
};

/** The status of an instance: a decision table, first match wins. */
export function instanceStatus(input: StatusInput): InstanceStatus {
  const { lifecycle, nodeState, operState } = input;
  if (lifecycle !== 'ready') return lifecycle;
  if (nodeState === 'offline') return 'nodeOffline';
  if (nodeState === 'unreachable') return 'nodeDown';
  if (input.runsElsewhere) return 'errorWrongNode';
  if (operState === 'unknown' || nodeState === 'joining' || nodeState === 'removing') return 'unknown';
  if (operState === 'running' || operState === 'paused')
    return input.adminState === 'up' ? operState : 'errorUp';
  return statusOfStopped(input);
}

function statusOfStopped(input: StatusInput): InstanceStatus {
  const { adminState, operState, honoursUserShutdown } = input;
  if (adminState === 'offline') return 'offline';
  if (adminState === 'up') return honoursUserShutdown && operState === 'shutdown' ? 'userDown' : 'errorDown';
  if (!input.disksActive) return 'disksInactive';
  return honoursUserShutdown && input.adminSource === 'user' ? 'userDown' : 'stopped';
}

export const JobStatus = z.enum([
  'queued',
  'waiting',
  'running',
  'canceling',
  'canceled',
  'success',
  'error',
]);
export type JobStatus = z.infer<typeof JobStatus>;

export const unfinishedJobStatuses = [
  'queued',
  'waiting',
  'running',
  'canceling',
] as const satisfies JobStatus[];

export function isFinished(status: JobStatus): boolean {
  return status === 'canceled' || status === 'success' || status === 'error';
}

export const StepStatus = z.enum(['pending', 'running', 'done', 'failed', 'undoing', 'undone', 'undoFailed']);
export type StepStatus = z.infer<typeof StepStatus>;
