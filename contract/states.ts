// State rules as data: what the status of an instance is, and which actions it allows.
// The same tables feed the server's refusals, the buttons' disabled reasons and the simulated drivers.
import { z } from 'zod';

export const AdminState = z.enum(['up', 'down']);
export type AdminState = z.infer<typeof AdminState>;

/** What the agent saw: `shutdown` = the guest powered itself off; `crashed` = the process ended without being asked; `absent` = nothing runs. */
export const OperState = z.enum(['running', 'paused', 'shutdown', 'crashed', 'absent', 'unknown']);
export type OperState = z.infer<typeof OperState>;

/** `creating` until its create job succeeded; `removing` while its remove job runs. */
export const Lifecycle = z.enum(['creating', 'ready', 'removing']);
export type Lifecycle = z.infer<typeof Lifecycle>;

export const NodeState = z.enum(['joining', 'online', 'unreachable', 'offline', 'removing']);
export type NodeState = z.infer<typeof NodeState>;

export const InstanceStatus = z.enum([
  'creating',
  'removing',
  'running',
  'paused',
  'stopped',
  'userDown',
  'errorDown',
  'errorUp',
  'nodeDown',
  'nodeOffline',
  'unknown',
]);
export type InstanceStatus = z.infer<typeof InstanceStatus>;

export type StatusInput = {
  lifecycle: Lifecycle;
  adminState: AdminState;
  operState: OperState;
  /** null while no node is chosen. */
  nodeState: NodeState | null;
};

/** The status of an instance: a decision table, first match wins (facts: Ganeti's status vocabulary). */
export function instanceStatus({ lifecycle, adminState, operState, nodeState }: StatusInput): InstanceStatus {
  if (lifecycle === 'creating') return 'creating';
  if (lifecycle === 'removing') return 'removing';
  if (nodeState === 'offline') return 'nodeOffline';
  if (nodeState === 'unreachable') return 'nodeDown';
  if (operState === 'unknown') return 'unknown';
  if (operState === 'paused') return 'paused';
  if (operState === 'running') return adminState === 'up' ? 'running' : 'errorUp';
  if (adminState === 'down') return 'stopped';
  return operState === 'shutdown' ? 'userDown' : 'errorDown';
}

export const instanceActions = ['start', 'stop', 'reboot', 'remove', 'screen', 'serial'] as const;
export type InstanceAction = (typeof instanceActions)[number];

/** Why an action is not offered; each is a message key under `reasons`. */
export const refusals = [
  'alreadyRunning',
  'notRunning',
  'beingCreated',
  'beingRemoved',
  'nodeNotAnswering',
  'nodeOffline',
  'stateUnknown',
  'busy',
] as const;
export type Refusal = (typeof refusals)[number];

const live: InstanceStatus[] = ['running', 'paused', 'errorUp'];

const common: Partial<Record<InstanceStatus, Refusal>> = {
  creating: 'beingCreated',
  removing: 'beingRemoved',
  nodeDown: 'nodeNotAnswering',
  nodeOffline: 'nodeOffline',
};

const mustRun: Partial<Record<InstanceStatus, Refusal>> = {
  ...common,
  stopped: 'notRunning',
  userDown: 'notRunning',
  errorDown: 'notRunning',
  unknown: 'stateUnknown',
};

const refusedBy: Record<InstanceAction, Partial<Record<InstanceStatus, Refusal>>> = {
  start: {
    ...common,
    ...Object.fromEntries(live.map((status) => [status, 'alreadyRunning' as const])),
    unknown: 'stateUnknown',
  },
  // Stopping what the guest ended by itself only corrects the admin state, so it stays allowed.
  stop: { ...common, stopped: 'notRunning' },
  reboot: mustRun,
  // What is left of a creation or a removal that failed half-way can be removed; while its job runs, that job refuses it.
  remove: { ...common, creating: undefined, removing: undefined },
  // Consoles stay open while a machine is created or removed: one wants to watch it.
  screen: { ...mustRun, creating: undefined, removing: undefined },
  serial: { ...common, creating: undefined, removing: undefined },
};

const jobFree: InstanceAction[] = ['screen', 'serial'];

/** null when the action is allowed now, else the reason. `hasJob`: an unfinished job holds the instance. */
export function whyNot(action: InstanceAction, status: InstanceStatus, hasJob: boolean): Refusal | null {
  const refusal = refusedBy[action][status] ?? null;
  if (refusal) return refusal;
  return hasJob && !jobFree.includes(action) ? 'busy' : null;
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
