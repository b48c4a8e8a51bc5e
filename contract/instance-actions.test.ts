import { describe, expect, it } from 'vitest';
import { type InstanceAction, instanceActions, whyNot } from './instance-actions';
import { InstanceStatus } from './states';

/** Where an action is allowed; everywhere else it is refused. */
const allowed: Record<InstanceAction, string> = {
  start: 'stopped disksInactive userDown errorDown',
  stop: 'running paused userDown errorDown errorUp',
  reboot: 'running paused errorUp',
  pause: 'running',
  resume: 'paused',
  migrate: 'running paused',
  failover: 'running paused stopped userDown offline errorDown errorUp errorWrongNode nodeOffline',
  move: 'running paused stopped userDown offline errorDown errorUp',
  replaceDisks: 'running paused stopped userDown offline errorDown errorUp',
  repairMirror: 'running paused stopped userDown offline errorDown errorUp',
  cleanupMigration:
    'running paused stopped disksInactive userDown offline errorDown errorUp errorWrongNode unknown',
  grow: 'running paused stopped userDown offline errorDown errorUp',
  convert: 'stopped userDown offline',
  reinstall: 'stopped userDown offline',
  saveImage: 'stopped userDown offline',
  rename: 'stopped disksInactive userDown offline',
  modify: 'running paused stopped disksInactive userDown offline errorDown errorUp',
  recreateDisks: 'stopped disksInactive userDown offline errorDown nodeOffline',
  activateDisks:
    'running paused stopped disksInactive userDown offline errorDown errorUp errorWrongNode nodeDown nodeOffline unknown',
  deactivateDisks: 'stopped userDown offline',
  setOffline: 'stopped disksInactive userDown',
  setOnline: 'offline errorUp errorWrongNode nodeDown nodeOffline unknown',
  remove:
    'creating removing running paused stopped disksInactive userDown offline errorDown errorUp nodeOffline unknown',
  screen: 'creating removing running paused errorUp',
  serial:
    'creating removing running paused stopped disksInactive userDown offline errorDown errorUp errorWrongNode unknown',
};

const actions = instanceActions.map((action) => [action, allowed[action]] as const);

describe('an action on an instance', () => {
  it.each(actions)('%s is allowed where it makes sense, and refused elsewhere', (action, statuses) => {
    const open = InstanceStatus.options.filter((status) => whyNot(action, status, false) === null);
    expect(open).toEqual(InstanceStatus.options.filter((status) => statuses.split(' ').includes(status)));
  });

  it('waits for the job that holds the instance, except looking at it', () => {
    const free = actions.filter(([action]) => whyNot(action, 'running', true) === null);
    expect(free.map(([action]) => action).sort()).toEqual(['screen', 'serial']);
    expect(whyNot('start', 'stopped', true)).toBe('busy');
  });

  it('says what stands in the way rather than that a job does', () => {
    expect(whyNot('start', 'offline', true)).toBe('setOffline');
    expect(whyNot('failover', 'nodeDown', false)).toBe('nodeNotFenced');
  });

  it.each(['creating', 'removing'] as const)(
    'removes what a failure left of one that is %s, but not beside the job',
    (status) => {
      expect(whyNot('remove', status, false)).toBeNull();
      expect(whyNot('remove', status, true)).toBe('busy');
    },
  );
});
