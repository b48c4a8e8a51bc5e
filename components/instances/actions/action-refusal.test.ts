import { expect, it } from 'vitest';
import { actionRefusal } from './action-refusal';

const secondary = { id: 'n2', name: 'node2' };
const up = { adminState: 'up', job: null } as const;
const down = { adminState: 'down', job: null } as const;

it('offers moves only where the disks are mirrored, and then by the status', () => {
  expect(actionRefusal('migrate', { ...up, status: 'running', secondary: null })).toBe('noSecondary');
  expect(actionRefusal('migrate', { ...up, status: 'running', secondary })).toBeNull();
  expect(actionRefusal('migrate', { ...down, status: 'stopped', secondary })).toBe('notRunning');
  expect(actionRefusal('failover', { ...up, status: 'nodeDown', secondary })).toBe('nodeNotFenced');
  expect(actionRefusal('start', { ...down, status: 'stopped', secondary: null })).toBeNull();
});

it.each(['deactivateDisks', 'setOffline'] as const)(
  'does not offer %s for what its guest shut down and is still meant to run',
  (action) => {
    expect(actionRefusal(action, { ...up, status: 'userDown', secondary })).toBe('shouldRun');
    expect(actionRefusal(action, { ...down, status: 'userDown', secondary })).toBeNull();
  },
);
