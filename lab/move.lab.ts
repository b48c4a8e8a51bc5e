// Unmirrored instances on real nodes: moved with what is on their disks, and given new disks elsewhere. What becomes of a receiver whose agent is
// killed is in agents/main.test.ts.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSerial, signInTiny } from '@/e2e/serial';
import { api } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import type { LabNode } from './lab-node';
import { type RealCluster, startRealCluster } from './testing/real-cluster';

const name = 'web1.test';
const copies = '/var/lib/corral/agent/disk-copies';

let cluster: RealCluster;
let instanceId: string;
let checksum: string | undefined;

beforeAll(async () => {
  cluster = await startRealCluster({ nodes: 2 });
}, 1_200_000);
afterAll(() => cluster.close());

const order = (path: string, body: object = {}) => cluster.order('POST', path, body);
const see = () => cluster.rest.call('GET', api.instance(instanceId), Instance);
const nodeName = async () => (await see()).node?.name ?? '';
const ends = async (): Promise<{ here: LabNode; there: LabNode }> => {
  const at = await nodeName();
  const there = cluster.lab.nodes.find((node) => node.name !== at);
  if (!there) throw new Error('There is no other node');
  return { here: cluster.lab.node(at), there };
};
const volumesOn = async ({ run }: LabNode) => (await run('lvs --noheadings -o lv_name corral')).trim();
const copiesOn = async ({ run }: LabNode) =>
  (await run(`pgrep -x 'qemu-(nbd|img)' || true; ls ${copies} 2>/dev/null || true`)).trim();

async function atPrompt<T>(work: (run: (command: string) => Promise<string>) => Promise<T>): Promise<T> {
  const serial = await openSerial(cluster.rest, instanceId);
  try {
    await signInTiny(serial);
    return await work(serial.run);
  } finally {
    serial.close();
  }
}
const sumInside = () =>
  atPrompt(async (run) => /[0-9a-f]{64}/.exec(await run('sha256sum /root/data'))?.[0] ?? 'none');

/** Guest and disks are slow on a busy machine, and each test does much. */
const patient = { timeout: 900_000 };

describe('a plain instance on two real nodes', patient, () => {
  it('has something to lose', async () => {
    const disks = [{ sizeMiB: 96 }, { sizeMiB: 32 }];
    ({ id: instanceId } = await cluster.create({ name, diskTemplate: 'plain', disks }));
    await atPrompt((run) => run('dd if=/dev/urandom of=/root/data bs=64k count=64 2>/dev/null; sync'));
    checksum = await sumInside();
    expect(checksum).toMatch(/^[0-9a-f]{64}$/);
  });

  it('moves with its disks, and runs again', async () => {
    const { here, there } = await ends();
    await order(api.instanceAction(instanceId, 'move'), { timeoutS: 30 });
    expect(await see()).toMatchObject({ node: { name: there.name }, status: 'running' });
    expect(await sumInside()).toBe(checksum);
    expect(await volumesOn(here)).toBe('');
    expect([await copiesOn(here), await copiesOn(there)]).toEqual(['', '']);
  });

  it('moves back, stopped as it is', async () => {
    await order(api.instancePower(instanceId, 'stop'), { timeoutS: 30 });
    const { there } = await ends();
    const { id: nodeId } = await cluster.node(there.name);
    await order(api.instanceAction(instanceId, 'move'), { nodeId });
    expect(await see()).toMatchObject({ node: { name: there.name }, status: 'stopped' });
    await order(api.instancePower(instanceId, 'start'));
    expect(await sumInside()).toBe(checksum);
  });

  it('gets new disks on the other node, and is installed there', async () => {
    await order(api.instancePower(instanceId, 'stop'), { timeoutS: 30 });
    const { here, there } = await ends();
    await order(api.instanceAction(instanceId, 'recreate-disks'), { confirmName: name, relocate: true });
    expect(await see()).toMatchObject({ node: { name: there.name }, status: 'stopped' });
    expect(await volumesOn(here)).toBe('');
    expect((await volumesOn(there)).split('\n')).toHaveLength(2);
    const os = { kind: 'tiny' };
    await order(api.instanceReinstall(instanceId), { confirmName: name, os, eraseDisks: false });
    await order(api.instancePower(instanceId, 'start'));
    expect(await sumInside()).toBe('none');
  });
});
