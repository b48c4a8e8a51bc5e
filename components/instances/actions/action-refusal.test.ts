import { expect, it } from 'vitest';
import { actionRefusal } from './action-refusal';

const secondary = { id: 'n2', name: 'node2' };

it('offers moves only where the disks are mirrored, and then by the status', () => {
  expect(actionRefusal('migrate', { status: 'running', job: null, secondary: null })).toBe('noSecondary');
  expect(actionRefusal('migrate', { status: 'running', job: null, secondary })).toBeNull();
  expect(actionRefusal('migrate', { status: 'stopped', job: null, secondary })).toBe('notRunning');
  expect(actionRefusal('failover', { status: 'nodeDown', job: null, secondary })).toBe('nodeNotFenced');
  expect(actionRefusal('start', { status: 'stopped', job: null, secondary: null })).toBeNull();
});
