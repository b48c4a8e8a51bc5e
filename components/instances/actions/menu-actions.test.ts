import { expect, it } from 'vitest';
import { offeredActions } from './menu-actions';

const groups = ['power', 'move', 'end'] as const;
const running = { status: 'running', diskTemplate: 'drbd' } as const;

it('offers moves to operators alone, and only of what is mirrored', () => {
  expect(offeredActions(running, { isOperator: true, groups }).flat()).toContain('migrate');
  expect(offeredActions(running, { isOperator: false, groups }).flat()).not.toContain('migrate');
  const plain = { status: 'running', diskTemplate: 'plain' } as const;
  expect(offeredActions(plain, { isOperator: true, groups })).toHaveLength(2);
});

it('offers either to pause or to resume', () => {
  const offered = (status: 'running' | 'paused') =>
    offeredActions({ ...running, status }, { isOperator: false, groups }).flat();
  expect(offered('running')).toEqual(['start', 'stop', 'reboot', 'pause', 'remove']);
  expect(offered('paused')).toEqual(['start', 'stop', 'reboot', 'resume', 'remove']);
});
