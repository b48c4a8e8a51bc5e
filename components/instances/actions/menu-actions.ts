// What an instance's menu offers, to whom: everybody power and what it is made of, operators also where it runs and its maintenance.
import type { InstanceAction } from '@/contract/instance-actions';
import type { Instance } from '@/contract/schemas/instance';

/** Each with the action that decides whether it is offered. */
export const menuActions = {
  screen: 'screen',
  serial: 'serial',
  start: 'start',
  startWith: 'start',
  stop: 'stop',
  reboot: 'reboot',
  pause: 'pause',
  resume: 'resume',
  modify: 'modify',
  migrate: 'migrate',
  failover: 'failover',
  replaceDisks: 'replaceDisks',
  moveSecondary: 'replaceDisks',
  move: 'move',
  mirrorDisks: 'convert',
  unmirrorDisks: 'convert',
  activateDisks: 'activateDisks',
  deactivateDisks: 'deactivateDisks',
  setOffline: 'setOffline',
  setOnline: 'setOnline',
  recreateDisks: 'recreateDisks',
  saveImage: 'saveImage',
  reinstall: 'reinstall',
  rename: 'rename',
  remove: 'remove',
} as const satisfies Record<string, InstanceAction>;
export type MenuAction = keyof typeof menuActions;

/** Looking, power, what it is made of, where it and its disks are, keeping it out of use, and the end are kept apart. */
export const menuGroups = {
  look: ['screen', 'serial'],
  power: ['start', 'startWith', 'stop', 'reboot', 'pause', 'resume'],
  make: ['modify', 'reinstall', 'rename'],
  move: ['migrate', 'failover', 'replaceDisks', 'moveSecondary', 'move', 'mirrorDisks', 'unmirrorDisks'],
  maintain: ['activateDisks', 'deactivateDisks', 'setOffline', 'setOnline', 'recreateDisks', 'saveImage'],
  end: ['remove'],
} as const satisfies Record<string, readonly MenuAction[]>;
export type MenuGroup = keyof typeof menuGroups;

const forOperators: readonly MenuGroup[] = ['move', 'maintain'];

type Reader = { isOperator: boolean; groups: readonly MenuGroup[] };
type Shown = Pick<Instance, 'status' | 'adminState' | 'diskTemplate' | 'disksActive'>;

/** Of two that are each other's way back, the one that is possible; moves only of what can be moved so. */
export function offeredActions(instance: Shown, { isOperator, groups }: Reader): MenuAction[][] {
  return groups
    .filter((group) => isOperator || !forOperators.includes(group))
    .map((group) => menuGroups[group].filter((action) => !isPointless(action, instance)))
    .filter((actions) => actions.length > 0);
}

/** Never possible for what it is, or done already. */
function isPointless(action: MenuAction, { status, adminState, diskTemplate, disksActive }: Shown): boolean {
  switch (action) {
    case 'pause':
      return status === 'paused';
    case 'resume':
      return status !== 'paused';
    case 'migrate':
    case 'failover':
    case 'replaceDisks':
    case 'moveSecondary':
    case 'unmirrorDisks':
      return diskTemplate !== 'drbd';
    case 'move':
      return diskTemplate === 'drbd';
    case 'mirrorDisks':
      return diskTemplate !== 'plain';
    case 'activateDisks':
    case 'recreateDisks':
    case 'saveImage':
      return diskTemplate === 'diskless';
    case 'deactivateDisks':
      return diskTemplate === 'diskless' || !disksActive;
    case 'setOffline':
      return adminState === 'offline';
    case 'setOnline':
      return adminState !== 'offline';
    default:
      return false;
  }
}
