import { describe, expect, it } from 'vitest';
import {
  AdminSource,
  AdminState,
  instanceStatus,
  InstanceStatus,
  Lifecycle,
  NodeState,
  OperState,
  type StatusInput,
} from './states';

const flags = [false, true];
const everything: StatusInput[] = Lifecycle.options.flatMap((lifecycle) =>
  AdminState.options.flatMap((adminState) =>
    AdminSource.options.flatMap((adminSource) =>
      OperState.options.flatMap((operState) =>
        [...NodeState.options, null].flatMap((nodeState) =>
          flags.flatMap((runsElsewhere) =>
            flags.flatMap((honoursUserShutdown) =>
              flags.map((disksActive) => ({
                ...{ lifecycle, adminState, adminSource, operState, nodeState },
                ...{ runsElsewhere, honoursUserShutdown, disksActive },
              })),
            ),
          ),
        ),
      ),
    ),
  ),
);

const isReady = (one: StatusInput) => one.lifecycle === 'ready';
const answers = (one: StatusInput) =>
  isReady(one) && one.nodeState !== 'offline' && one.nodeState !== 'unreachable';
const isSeen = (one: StatusInput) =>
  answers(one) &&
  !one.runsElsewhere &&
  one.operState !== 'unknown' &&
  one.nodeState !== 'joining' &&
  one.nodeState !== 'removing';
const isThere = (one: StatusInput) =>
  isSeen(one) && (one.operState === 'running' || one.operState === 'paused');
const isDown = (one: StatusInput) => isSeen(one) && !isThere(one);
const guestMay = (one: StatusInput) => one.honoursUserShutdown;

/** What each status means, said for itself: no two of these are ever true together. */
const meanings: Record<InstanceStatus, (one: StatusInput) => boolean> = {
  creating: (one) => one.lifecycle === 'creating',
  removing: (one) => one.lifecycle === 'removing',
  nodeOffline: (one) => isReady(one) && one.nodeState === 'offline',
  nodeDown: (one) => isReady(one) && one.nodeState === 'unreachable',
  errorWrongNode: (one) => answers(one) && one.runsElsewhere,
  unknown: (one) => answers(one) && !one.runsElsewhere && !isSeen(one),
  running: (one) => isThere(one) && one.adminState === 'up' && one.operState === 'running',
  paused: (one) => isThere(one) && one.adminState === 'up' && one.operState === 'paused',
  errorUp: (one) => isThere(one) && one.adminState !== 'up',
  offline: (one) => isDown(one) && one.adminState === 'offline',
  errorDown: (one) =>
    isDown(one) && one.adminState === 'up' && !(one.operState === 'shutdown' && guestMay(one)),
  disksInactive: (one) => isDown(one) && one.adminState === 'down' && !one.disksActive,
  stopped: (one) =>
    isDown(one) &&
    one.adminState === 'down' &&
    one.disksActive &&
    !(one.adminSource === 'user' && guestMay(one)),
  userDown: (one) =>
    isDown(one) &&
    guestMay(one) &&
    ((one.adminState === 'up' && one.operState === 'shutdown') ||
      (one.adminState === 'down' && one.disksActive && one.adminSource === 'user')),
};

describe('the status of an instance', () => {
  it('is exactly one for every combination of states, the one whose meaning fits', () => {
    expect(everything).toHaveLength(3 * 3 * 2 * 6 * 6 * 2 * 2 * 2);
    const wrong = everything.filter((one) => {
      const fitting = InstanceStatus.options.filter((status) => meanings[status](one));
      return fitting.length !== 1 || fitting[0] !== instanceStatus(one);
    });
    expect(wrong).toEqual([]);
  });

  it.each(InstanceStatus.options)('can be %s', (status) => {
    expect(everything.some((one) => instanceStatus(one) === status)).toBe(true);
  });

  const usual: StatusInput = {
    ...{ lifecycle: 'ready', adminState: 'up', adminSource: 'admin', operState: 'running' },
    ...{ nodeState: 'online', runsElsewhere: false, honoursUserShutdown: false, disksActive: true },
  };
  const cases: [InstanceStatus, Partial<StatusInput>, string][] = [
    ['running', {}, 'runs as asked'],
    ['errorUp', { adminState: 'down' }, 'runs although it was set down'],
    ['errorUp', { adminState: 'offline', operState: 'paused' }, 'is there although it was set offline'],
    ['paused', { operState: 'paused' }, 'was paused'],
    ['errorDown', { operState: 'crashed' }, 'crashed'],
    ['errorDown', { operState: 'absent' }, 'is gone after its node started again'],
    ['errorDown', { operState: 'shutdown' }, 'was powered off by its guest, which may not'],
    [
      'userDown',
      { operState: 'shutdown', honoursUserShutdown: true },
      'was powered off by its guest, which may',
    ],
    [
      'userDown',
      { operState: 'absent', adminState: 'down', adminSource: 'user', honoursUserShutdown: true },
      'stays off as its guest wished',
    ],
    [
      'stopped',
      { operState: 'absent', adminState: 'down', adminSource: 'user' },
      'stays off as its guest once wished, which no longer counts',
    ],
    [
      'stopped',
      { operState: 'shutdown', adminState: 'down', honoursUserShutdown: true },
      'was powered off by its guest while it was set down',
    ],
    ['stopped', { operState: 'absent', adminState: 'down' }, 'is stopped'],
    [
      'disksInactive',
      { operState: 'absent', adminState: 'down', disksActive: false },
      'is stopped for maintenance of its disks',
    ],
    ['offline', { operState: 'absent', adminState: 'offline', disksActive: false }, 'is out of use'],
    ['errorWrongNode', { runsElsewhere: true }, 'runs twice'],
    ['errorWrongNode', { runsElsewhere: true, operState: 'absent', adminState: 'down' }, 'runs elsewhere'],
    ['nodeDown', { nodeState: 'unreachable', runsElsewhere: true }, 'was on a node that fell silent'],
    ['nodeOffline', { nodeState: 'offline', operState: 'unknown' }, 'was on a node that is out of use'],
    ['unknown', { nodeState: 'joining' }, 'is on a node that nobody observes'],
    ['unknown', { operState: 'unknown' }, 'was not seen yet'],
    ['stopped', { nodeState: null, operState: 'absent', adminState: 'down' }, 'is on no node'],
  ];
  it.each(cases.map(([status, more, what]) => [status, what, more] as const))(
    'is %s where it %s',
    (status, _what, more) => {
      expect(instanceStatus({ ...usual, ...more })).toBe(status);
    },
  );
});
