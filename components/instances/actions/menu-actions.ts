// What an instance's menu offers, to whom: everybody power and what it is made of, operators also where it runs.
import type { InstanceAction } from '@/contract/instance-actions';
import type { Instance } from '@/contract/schemas/instance';

/** Each with the action that decides whether it is offered. */
export const menuActions = {
  screen: 'screen',
  serial: 'serial',
  start: 'start',
  stop: 'stop',
  reboot: 'reboot',
  pause: 'pause',
  resume: 'resume',
  modify: 'modify',
  migrate: 'migrate',
  failover: 'failover',
  replaceDisks: 'replaceDisks',
  moveSecondary: 'replaceDisks',
  reinstall: 'reinstall',
  rename: 'rename',
  remove: 'remove',
} as const satisfies Record<string, InstanceAction>;
export type MenuAction = keyof typeof menuActions;

/** Looking, power, what it is made of, where it runs, and the end are kept apart. */
export const menuGroups = {
  look: ['screen', 'serial'],
  power: ['start', 'stop', 'reboot', 'pause', 'resume'],
  make: ['modify', 'reinstall', 'rename'],
  move: ['migrate', 'failover', 'replaceDisks', 'moveSecondary'],
  end: ['remove'],
} as const satisfies Record<string, readonly MenuAction[]>;
export type MenuGroup = keyof typeof menuGroups;

type Reader = { isOperator: boolean; groups: readonly MenuGroup[] };

/** Of pausing and resuming the one that is possible; moves only of what is mirrored. */
export function offeredActions(
  { status, diskTemplate }: Pick<Instance, 'status' | 'diskTemplate'>,
  { isOperator, groups }: Reader,
): MenuAction[][] {
  const hidden: MenuAction[] = [status === 'paused' ? 'pause' : 'resume'];
  return groups
    .filter((group) => group !== 'move' || (isOperator && diskTemplate === 'drbd'))
    .map((group) => menuGroups[group].filter((action) => !hidden.includes(action)));
}
