// NICs that are to be: ids, free places in the machine, and MAC addresses.
import { randomBytes, randomUUID } from 'node:crypto';
import type { NicCreate } from '@/contract/schemas/instance';
import { limits } from '@/contract/units';

export function newNics(wanted: readonly NicCreate[], taken: readonly number[]) {
  const free = [...Array(limits.nics).keys()].filter((index) => !taken.includes(index));
  return wanted.map((nic, position) => ({
    id: randomUUID(),
    index: free[position] ?? position,
    mode: nic.mode,
    link: nic.mode === 'bridged' ? nic.link : null,
    mac: randomMac(),
  }));
}

/** Locally administered, with the prefix that Ganeti uses by default. */
export function randomMac(): string {
  return ['aa', '00', '00', ...[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0'))].join(
    ':',
  );
}
