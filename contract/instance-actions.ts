// What a status of an instance allows, as a table: the server refuses by it, and the buttons say why not.
import { type InstanceStatus } from './states';

/** Why an action is not offered; each is a message key under `reasons`. */
export const refusals = [
  'alreadyRunning',
  'alreadyPaused',
  'notRunning',
  'notPaused',
  'stillRunning',
  'shouldRun',
  'runsUnasked',
  'runsElsewhere',
  'disksInactive',
  'setOffline',
  'notOffline',
  'beingCreated',
  'beingRemoved',
  'nodeNotAnswering',
  'nodeNotFenced',
  'nodeOffline',
  'stateUnknown',
  'busy',
] as const;
export type Refusal = (typeof refusals)[number];

/** What stands against an action; a status that is not named allows it. */
type Row = Partial<Record<InstanceStatus, Refusal>>;

const unfinished: Row = { creating: 'beingCreated', removing: 'beingRemoved' };

/** For all that needs the primary node and a known state. */
const common: Row = {
  ...unfinished,
  nodeDown: 'nodeNotAnswering',
  nodeOffline: 'nodeOffline',
  errorWrongNode: 'runsElsewhere',
  unknown: 'stateUnknown',
};

/** For all that is done to a running machine. */
const mustRun: Row = {
  ...common,
  stopped: 'notRunning',
  userDown: 'notRunning',
  errorDown: 'notRunning',
  disksInactive: 'notRunning',
  offline: 'setOffline',
};

/** For all that is done to a machine that neither runs nor is meant to. */
const mustBeDown: Row = {
  ...common,
  running: 'stillRunning',
  paused: 'stillRunning',
  errorUp: 'stillRunning',
  errorDown: 'shouldRun',
};

/** For all that works on its disks, whether it runs or not. */
const needsDisks: Row = { ...common, disksInactive: 'disksInactive' };

export const instanceActions = [
  ...(['start', 'stop', 'reboot', 'pause', 'resume', 'migrate', 'failover', 'move'] as const),
  ...(['replaceDisks', 'repairMirror', 'grow', 'convert', 'recreateDisks'] as const),
  ...(['activateDisks', 'deactivateDisks'] as const),
  ...(['reinstall', 'rename', 'modify', 'setOffline', 'setOnline', 'remove', 'screen', 'serial'] as const),
  ...(['cleanupMigration', 'saveImage'] as const),
] as const;
export type InstanceAction = (typeof instanceActions)[number];

const refusedBy: Record<InstanceAction, Row> = {
  start: {
    ...common,
    running: 'alreadyRunning',
    paused: 'alreadyRunning',
    errorUp: 'alreadyRunning',
    offline: 'setOffline',
  },
  // Stopping what the guest ended by itself only corrects the admin state, so it stays allowed.
  stop: { ...common, stopped: 'notRunning', disksInactive: 'notRunning', offline: 'notRunning' },
  reboot: mustRun,
  pause: { ...mustRun, paused: 'alreadyPaused', errorUp: 'runsUnasked' },
  resume: { ...mustRun, running: 'notPaused', errorUp: 'runsUnasked' },
  migrate: { ...mustRun, errorUp: 'runsUnasked' },
  // Whether a node that is offline is off for sure, the operation itself looks at. What runs on its secondary node gets that node by it.
  failover: { ...needsDisks, nodeOffline: undefined, nodeDown: 'nodeNotFenced', errorWrongNode: undefined },
  move: needsDisks,
  replaceDisks: needsDisks,
  repairMirror: needsDisks,
  grow: needsDisks,
  convert: { ...mustBeDown, disksInactive: 'disksInactive' },
  reinstall: { ...mustBeDown, disksInactive: 'disksInactive' },
  saveImage: { ...mustBeDown, disksInactive: 'disksInactive' },
  rename: mustBeDown,
  modify: common,
  // Also what should run and cannot, because its disks are gone; and away from a node that is.
  recreateDisks: { ...mustBeDown, errorDown: undefined, nodeOffline: undefined },
  // On the nodes that answer.
  activateDisks: unfinished,
  deactivateDisks: { ...mustBeDown, disksInactive: 'disksInactive' },
  setOffline: { ...mustBeDown, offline: 'setOffline' },
  setOnline: {
    ...unfinished,
    running: 'notOffline',
    paused: 'notOffline',
    stopped: 'notOffline',
    disksInactive: 'notOffline',
    userDown: 'notOffline',
    errorDown: 'notOffline',
  },
  // What is left of a creation or a removal that failed half-way can be removed; while its job runs, that job refuses it. A node that is
  // offline is off: what lies there is an orphan when it comes back.
  remove: { nodeDown: 'nodeNotAnswering', errorWrongNode: 'runsElsewhere' },
  // It looks for itself where the instance runs, and needs both nodes for that.
  cleanupMigration: { ...unfinished, nodeDown: 'nodeNotAnswering', nodeOffline: 'nodeOffline' },
  // Consoles stay open while a machine is created or removed: one wants to watch it.
  screen: { ...mustRun, creating: undefined, removing: undefined },
  serial: { nodeDown: 'nodeNotAnswering', nodeOffline: 'nodeOffline' },
};

const jobFree: InstanceAction[] = ['screen', 'serial'];

/** null when the action is allowed now, else the reason. `hasJob`: an unfinished job holds the instance. */
export function whyNot(action: InstanceAction, status: InstanceStatus, hasJob: boolean): Refusal | null {
  const refusal = refusedBy[action][status] ?? null;
  if (refusal) return refusal;
  return hasJob && !jobFree.includes(action) ? 'busy' : null;
}
