// The promise that people trust Corral with, on real kernels: mirrored instances live through the loss of a node.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { api } from '@/contract/paths';
import { operationNames } from '@/contract/operations';
import { Instance } from '@/contract/schemas/instance';
import { JobPage } from '@/contract/schemas/job';
import type { LabNode } from '@/lab/lab-node';
import { type RealCluster, startRealCluster } from '@/lab/testing/real-cluster';
import { until } from '@/lab/testing/until';
import { describeInstanceOperations } from '@/lab/testing/instance-operations';
import { describeNodeOperations } from '@/lab/testing/node-operations';
import { openSerial, type Serial, signInTiny } from './serial';

let cluster: RealCluster;
let instanceId: string;
let serial: Serial;
let checksum: string | undefined;

beforeAll(async () => {
  cluster = await startRealCluster({ nodes: 2 });
}, 1_200_000);
afterAll(() => cluster.close());

const order = (...asked: Parameters<RealCluster['order']>) => cluster.order(...asked);
const see = () => cluster.rest.call('GET', api.instance(instanceId), Instance);
const labNode = (name: string): LabNode => cluster.lab.node(name);
const nodeOf = async (which: 'node' | 'secondary') => (await see())[which]?.name ?? '';

const sumOf = async (line: Serial) => {
  const [sum] = /[0-9a-f]{64}/.exec(await line.run('sha256sum /root/data')) ?? [];
  return sum;
};
/** In sectors of 512 bytes, once the guest has found the disk. */
const sizeIn = async (name: string) => {
  const found = `i=0; until [ -e /sys/block/${name}/size ] || [ $i -ge 600 ]; do sleep 0.1; i=$((i+1)); done`;
  // The kernel says something of its own on this line.
  const said = await serial.run(`${found}; echo size=$(cat /sys/block/${name}/size)`);
  return Number(/size=(\d+)/.exec(said)?.[1]);
};

/** What DRBD itself says on the node that runs the instance. */
const untilMirrored = async () => {
  const name = await nodeOf('node');
  await until(
    () => labNode(name).run('drbdsetup status'),
    (text) => /role:Primary/.test(text) && /peer-disk:UpToDate/.test(text) && !/Inconsistent/.test(text),
  );
};

describe('a mirrored instance on two real nodes', () => {
  it('is created with DRBD below it, and runs with KVM', async () => {
    for (const { name } of cluster.lab.nodes) {
      const { facts } = await cluster.node(name);
      expect(facts?.checks?.filter(({ state }) => state === 'missing')).toEqual([]);
    }
    ({ id: instanceId } = await cluster.create({ name: 'web1.test' }));
    expect(await see()).toMatchObject({ status: 'running', accelerator: 'kvm' });
    expect(await nodeOf('secondary')).not.toBe(await nodeOf('node'));
    await untilMirrored();
  });

  it('is worked with on its serial line', async () => {
    serial = await openSerial(cluster.rest, instanceId);
    await serial.until(/login: *$/);
    await signInTiny(serial);
    await serial.run('dd if=/dev/urandom of=/root/data bs=64k count=64 2>/dev/null; sync');
    checksum = await sumOf(serial);
    expect(checksum).toBeDefined();
  });

  it('moves to the other node while it runs, and who sits at its serial line notices nothing', async () => {
    const [from, to] = [await nodeOf('node'), await nodeOf('secondary')];
    serial.type('n=0; while [ $n -lt 100000 ]; do n=$((n+1)); echo tick $n.; sleep 1; done &');
    await serial.until(/tick 2\./);
    const job = await order('POST', api.instanceAction(instanceId, 'migrate'));
    const ticks = [...serial.text().matchAll(/tick (\d+)\./g)].length;
    await serial.until(new RegExp(`tick ${ticks + 2}\\.`));
    const counted = [...serial.text().matchAll(/tick (\d+)\./g)].map(([, n]) => Number(n));
    expect(counted).toEqual(counted.map((_, index) => index + 1));
    serial.type('kill %1');
    expect(await sumOf(serial)).toBe(checksum);
    expect(job.status).toBe('success');
    expect(await see()).toMatchObject({ node: { name: to }, secondary: { name: from }, status: 'running' });
    expect((await labNode(from).sh('pgrep qemu-system')).output).toBe('');
    await untilMirrored();
  });

  it('grows while it runs, and gets and loses a disk', async () => {
    const [disk] = (await see()).disks;
    await order('PATCH', api.instanceDisk(instanceId, disk?.id ?? ''), { newSizeMiB: 96 });
    expect(await sizeIn('vda')).toBe(96 * 2048);
    await order('POST', api.instanceDisks(instanceId), { sizeMiB: 32 });
    expect(await sizeIn('vdb')).toBe(32 * 2048);
    const added = (await see()).disks.at(-1);
    await order('DELETE', api.instanceDisk(instanceId, added?.id ?? ''));
    expect(await serial.run('echo disks=$(ls /sys/block | grep vd).')).toContain('disks=vda.');
    expect((await see()).disks.map(({ sizeMiB }) => sizeMiB)).toEqual([96]);
  });

  it('gets its secondary side made anew', async () => {
    await order('POST', api.instanceAction(instanceId, 'replace-disks'), { mode: 'secondary' });
    await untilMirrored();
    expect(await sumOf(serial)).toBe(checksum);
    serial.close();
  });

  it('is started on the other node when its own has lost its power, but not before that is certain', async () => {
    const [lost, other] = [await nodeOf('node'), await nodeOf('secondary')];
    await labNode(lost).kill();
    const { id } = await cluster.untilNode(lost, 'unreachable');
    await expect(order('POST', api.instanceAction(instanceId, 'failover'))).rejects.toThrow(/wrong_state/);
    await order('POST', `/api/v1/nodes/${id}/offline`, { how: 'declared', confirmName: lost });
    await order('POST', api.instanceAction(instanceId, 'failover'));
    expect(await see()).toMatchObject({ node: { name: other }, status: 'running' });
    const again = await openSerial(cluster.rest, instanceId);
    await again.until(/login: *$/);
    await signInTiny(again);
    expect(await sumOf(again)).toBe(checksum);
    again.close();
  });

  it('is mirrored again by itself once the lost node is back', async () => {
    const back = await nodeOf('secondary');
    await labNode(back).start();
    const { id } = await cluster.node(back);
    await cluster.untilAnswers(back);
    await order('POST', `/api/v1/nodes/${id}/online`, {});
    await untilMirrored();
  });

  it('is repaired after its sides were written apart from one another', async ({ onTestFinished }) => {
    onTestFinished(() => cluster.lab.heal());
    await order('POST', api.instanceCleanupMigration(instanceId));
    await order('POST', api.instancePower(instanceId, 'stop'), { force: true });
    const { node, secondary, disks } = await see();
    cluster.lab.cut(node?.name ?? '', secondary?.name ?? '');
    const sidesOf = async () => (await see()).disks[0]?.sides ?? [];
    await until(sidesOf, (sides) => sides.every(({ status }) => status?.connection === 'connecting'));
    // What is there already: the guest must not notice.
    const rewrite = 'dd if=/dev/drbd$m of=/dev/drbd$m bs=4k count=1 oflag=direct conv=notrunc status=none';
    for (const { run } of cluster.lab.nodes)
      await run(
        `m=$(sed -n 's/^ *\\([0-9]*\\): cs:.*/\\1/p' /proc/drbd); drbdsetup primary $m && ${rewrite} && drbdsetup secondary $m`,
      );
    cluster.lab.heal();
    await until(sidesOf, (sides) => sides.some(({ status }) => status?.splitBrain));
    const wish = { diskId: disks[0]?.id, keepNodeId: node?.id };
    await order('POST', api.instanceAction(instanceId, 'repair-mirror'), wish);
    await order('POST', api.instancePower(instanceId, 'start'));
    await untilMirrored();
    const again = await openSerial(cluster.rest, instanceId);
    await again.until(/login: *$/);
    await signInTiny(again);
    expect(await sumOf(again)).toBe(checksum);
    again.close();
  });

  it('leaves nothing on the nodes when it is removed', async () => {
    await order('DELETE', api.instance(instanceId), { confirmName: 'web1.test' });
    for (const { run } of cluster.lab.nodes) {
      expect(await run('lvs --noheadings -o lv_name corral')).toBe('');
      expect(await run('drbdsetup status 2>/dev/null || true')).toBe('');
      expect(await run('pgrep -c qemu-system || true')).toBe('0\n');
      expect(await run('ls /sys/class/net | grep -E "^cr[0-9a-f]{12}$" || true')).toBe('');
    }
  });
});

describe('an instance on real nodes', () => describeInstanceOperations(() => cluster));

describe('real nodes', () => describeNodeOperations(() => cluster));

describe('all in all', () => {
  it('every operation has run on real nodes', async () => {
    // What runs on a node without being an instance can only be taken over from Xen: lab/xen-adopt.lab.ts.
    const here = operationNames.filter((name) => name !== 'instance.adopt');
    const left = [];
    for (const operation of here) {
      const { total } = await cluster.rest.call('GET', api.jobs({ operation }), JobPage);
      if (total === 0) left.push(operation);
    }
    expect(left).toEqual([]);
  });
});
