import { expect, it } from 'vitest';
import { offeredActions } from './menu-actions';

const running = { status: 'running', adminState: 'up', diskTemplate: 'drbd', disksActive: true } as const;
const stopped = { ...running, status: 'stopped', adminState: 'down' } as const;
type Shown = Parameters<typeof offeredActions>[0];

const offered = (instance: Shown, isOperator = true) =>
  offeredActions(instance, { isOperator, groups: ['power', 'move', 'maintain', 'end'] }).flat();

it('offers moves and maintenance to operators alone', () => {
  expect(offered(running)).toEqual(expect.arrayContaining(['migrate', 'deactivateDisks', 'setOffline']));
  expect(offered(running, false)).toEqual(['start', 'startWith', 'stop', 'reboot', 'pause', 'remove']);
});

it('offers moves only of what is mirrored, and mirrors only of what is on volumes', () => {
  const moves = (diskTemplate: Shown['diskTemplate']) =>
    offeredActions({ ...stopped, diskTemplate }, { isOperator: true, groups: ['move'] });
  expect(moves('drbd')).toEqual([['migrate', 'failover', 'replaceDisks', 'moveSecondary', 'unmirrorDisks']]);
  expect(moves('plain')).toEqual([['move', 'mirrorDisks']]);
  expect(moves('file')).toEqual([['move']]);
});

it('offers of two that are each other’s way back the one that is possible', () => {
  expect(offered(running)).toContain('pause');
  expect(offered({ ...running, status: 'paused' })).toContain('resume');
  expect(offered({ ...stopped, adminState: 'offline', status: 'offline' })).toContain('setOnline');
  expect(offered(stopped)).not.toContain('setOnline');
  const inactive = offered({ ...stopped, disksActive: false });
  expect(inactive).toContain('activateDisks');
  expect(inactive).not.toContain('deactivateDisks');
  expect(offered({ ...stopped, diskTemplate: 'diskless' })).not.toContain('activateDisks');
});
