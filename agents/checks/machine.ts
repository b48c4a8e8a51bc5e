// What the machine itself should have: a bridge to plug instances into, a name that it knows, a clock that is kept right.
import { lookup } from 'node:dns/promises';
import { hostname } from 'node:os';
import type { NodeCheck } from '@/contract/schemas/node';
import { createIp } from '../tools/ip/ip';
import { ask, ok, warn } from './check';

/** `addresses` of the own name; `isClockKept` is null where systemd does not tell. */
export type MachineReading = {
  bridges: string[];
  name: string;
  addresses: string[];
  isClockKept: boolean | null;
};

export async function readMachine(): Promise<MachineReading> {
  const name = hostname();
  const [bridges, found, clock] = await Promise.all([
    createIp()
      .listBridges()
      .catch(() => []),
    lookup(name, { all: true }).catch(() => []),
    ask(['timedatectl', 'show', '--property=NTPSynchronized', '--value']),
  ]);
  return {
    ...{ bridges, name, addresses: found.map(({ address }) => address) },
    isClockKept: parseSynchronized(clock ?? ''),
  };
}

export function parseSynchronized(text: string): boolean | null {
  const word = text.trim();
  return word === 'yes' || word === 'no' ? word === 'yes' : null;
}

export function judgeMachine(machine: MachineReading): NodeCheck[] {
  const clock = judgeClock(machine);
  return [judgeBridges(machine), judgeName(machine), ...(clock ? [clock] : [])];
}

function judgeBridges({ bridges }: MachineReading): NodeCheck {
  if (bridges.length > 0) return ok('bridges', `Instances can be plugged into ${bridges.join(', ')}.`);
  return warn(
    'bridges',
    'There is no bridge: instances reach the network only through the node, and nobody reaches them.',
    'Make a bridge with the network card as its port (br0 in /etc/network/interfaces, with bridge_ports, of the package bridge-utils).',
  );
}

function judgeName({ name, addresses }: MachineReading): NodeCheck {
  if (addresses.length > 0) return ok('name', `The name ${name} is ${addresses.join(', ')}.`);
  return warn('name', `The machine does not know its own name ${name}.`, `Add ${name} to /etc/hosts.`);
}

function judgeClock({ isClockKept }: MachineReading): NodeCheck | null {
  if (isClockKept === null) return null;
  if (isClockKept) return ok('clock', 'The clock is kept right.');
  return warn(
    'clock',
    'The clock is not kept right: one that is minutes off breaks certificates, and one that is seconds off confuses logs.',
    'apt-get install systemd-timesyncd, or chrony',
  );
}
