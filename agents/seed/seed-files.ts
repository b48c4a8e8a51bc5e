// What cloud-init reads from a seed (its data source NoCloud): who the instance is, what it is to do, and its network. Pure.
import { createHash } from 'node:crypto';
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { Seed } from '@/contract/schemas/seed';
import type { CdFile } from './iso9660';

type Seeded = Pick<InstanceDefinition, 'id' | 'name' | 'nics'> & { seed: Seed };

/** JSON is YAML as well, and leaves nothing to quote. */
export function seedFiles({ id, name, nics, seed }: Seeded): CdFile[] {
  const meta = {
    'instance-id': `${id}-${fingerprint(seed)}`,
    'local-hostname': name,
    ...(seed.sshKeys.length > 0 && { 'public-keys': seed.sshKeys }),
  };
  const ethernets = nics
    .toSorted((a, b) => a.index - b.index)
    .map(({ index, mac }) => [`nic${index}`, { match: { macaddress: mac }, dhcp4: true }] as const);
  const network = { version: 2, ethernets: Object.fromEntries(ethernets) };
  const userData = seed.userData === '' ? '#cloud-config\n{}\n' : seed.userData;
  return [
    { name: 'meta-data', content: toText(meta) },
    { name: 'network-config', content: toText(network) },
    { name: 'user-data', content: Buffer.from(userData) },
  ];
}

/** cloud-init does what it is told once for each instance id: what was changed is a reason to do it again. */
function fingerprint({ userData, sshKeys }: Seed): string {
  return createHash('sha256')
    .update(JSON.stringify([userData, sshKeys]))
    .digest('hex')
    .slice(0, 12);
}

const toText = (value: object) => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
