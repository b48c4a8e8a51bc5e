// Mirrored instances on two real Xen nodes beside a KVM node: what moves them, and what does not.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xenKinds } from '@/contract/hypervisor-kind';
import { api } from '@/contract/paths';
import { Instance } from '@/contract/schemas/instance';
import { openSerial, type Serial, signInTiny } from '@/e2e/serial';
import { type RealCluster, startRealCluster } from './testing/real-cluster';
import { until } from './testing/until';
import { domainsOf } from './testing/xen-node';

let cluster: RealCluster;
let id = '';
let serial: Serial;

beforeAll(async () => {
  cluster = await startRealCluster({ nodes: 1, xenNodes: 2 });
}, 1_200_000);
afterAll(() => cluster.close());

const see = () => cluster.rest.call('GET', api.instance(id), Instance);
const order = (...asked: Parameters<RealCluster['order']>) => cluster.order(...asked);
const nodeOf = async (which: 'node' | 'secondary') => (await see())[which]?.name ?? '';
const bootId = async () => (await serial.run('cat /proc/sys/kernel/random/boot_id')).trim();
const domainsOn = (name: string) => domainsOf(cluster.lab.node(name));
const untilMirrored = async () => {
  const name = await nodeOf('node');
  await until(
    () => cluster.lab.node(name).run('drbdsetup status'),
    (text) => /role:Primary/.test(text) && /peer-disk:UpToDate/.test(text) && !/Inconsistent/.test(text),
  );
};

describe.each(xenKinds)('a mirrored instance of kind %s', { timeout: 900_000 }, (hypervisor) => {
  it('is placed on the two nodes that run Xen', async () => {
    ({ id } = await cluster.create({ name: 'move.test', hypervisor }));
    expect([await nodeOf('node'), await nodeOf('secondary')].toSorted()).toEqual(['xen1', 'xen2']);
    await untilMirrored();
    serial = await openSerial(cluster.rest, id);
    await signInTiny(serial);
    await serial.run('echo kept > /root/kept; sync');
  });

  it('moves to the other node while it runs, without a restart, and leaves nothing behind', async () => {
    const [from, to, boot] = [await nodeOf('node'), await nodeOf('secondary'), await bootId()];
    await order('POST', api.instanceAction(id, 'migrate'));
    expect(await see()).toMatchObject({ status: 'running', node: { name: to }, secondary: { name: from } });
    expect(await bootId()).toBe(boot);
    expect(await serial.run('cat /root/kept')).toContain('kept');
    expect(await domainsOn(from)).toBe('');
    expect(await domainsOn(to)).toBe('move.test');
    await untilMirrored();
  });

  it('fails over, and has its mirror made anew', async () => {
    const [from, to] = [await nodeOf('node'), await nodeOf('secondary')];
    await order('POST', api.instanceAction(id, 'failover'));
    expect(await see()).toMatchObject({ status: 'running', node: { name: to }, secondary: { name: from } });
    await signInTiny(serial);
    expect(await serial.run('cat /root/kept')).toContain('kept');
    await order('POST', api.instanceAction(id, 'replace-disks'), { mode: 'secondary' });
    await untilMirrored();
  });

  it('does not get a KVM node as its secondary', async () => {
    const { id: kvmNode } = await cluster.node('node1');
    const wish = { mode: 'newSecondary', nodeId: kvmNode };
    await expect(order('POST', api.instanceAction(id, 'replace-disks'), wish)).rejects.toThrow(
      `it has no ${hypervisor}`,
    );
  });

  it('becomes a plain disk and a mirror again, and goes', async () => {
    await order('POST', api.instancePower(id, 'stop'), { force: true });
    await order('POST', api.instanceAction(id, 'convert'), { to: 'plain' });
    await order('POST', api.instanceAction(id, 'convert'), { to: 'drbd' });
    serial.close();
    await order('DELETE', api.instance(id), { confirmName: 'move.test' });
    for (const name of ['xen1', 'xen2'])
      expect((await cluster.lab.node(name).run('lvs --noheadings -o lv_name corral')).trim()).toBe('');
  });
});

describe('two guests that move at once', { timeout: 900_000 }, () => {
  it('arrive on the same node, and neither notices', async () => {
    const [nodeId, secondaryId] = [(await cluster.node('xen1')).id, (await cluster.node('xen2')).id];
    const wish = { hypervisor: 'xen-pvm', nodeId, secondaryId } as const;
    const made = await Promise.all(
      ['one.test', 'two.test'].map(async (name) => {
        const own = await cluster.create({ ...wish, name });
        const line = await openSerial(cluster.rest, own.id);
        await signInTiny(line);
        return { id: own.id, name, line };
      }),
    );
    const boots = () => Promise.all(made.map(({ line }) => line.run('cat /proc/sys/kernel/random/boot_id')));
    const before = await boots();
    await Promise.all(made.map((own) => order('POST', api.instanceAction(own.id, 'migrate'))));
    expect(await boots()).toEqual(before);
    expect(await domainsOn('xen1')).toBe('');
    expect((await domainsOn('xen2')).split(/\s+/).toSorted()).toEqual(['one.test', 'two.test']);
    for (const own of made) {
      own.line.close();
      await order('POST', api.instancePower(own.id, 'stop'), { force: true });
      await order('DELETE', api.instance(own.id), { confirmName: own.name });
    }
  });
});
