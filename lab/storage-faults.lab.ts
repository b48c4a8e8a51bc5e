// What befalls mirrors of real nodes: power cuts, cut links, disks that break, volume groups that are full, devices that stay open.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { MirrorStatus, NodeDisk } from '@/contract/schemas/disk';
import { isMirrored } from '@/contract/schemas/disk';
import { startLab, type Lab } from './lab';
import { newIds, plainDisk, silent, wiped } from './testing/lab-disks';
import { deviceOf, labSide, makeLabPair, minorOf } from './testing/lab-mirrors';
import { serveStorage, type StorageNode } from './testing/storage-node';

let lab: Lab;
let one: StorageNode;
let two: StorageNode;

beforeAll(async () => {
  lab = await startLab({ nodes: 2 });
  [one, two] = await Promise.all([serveStorage(lab.node(1)), serveStorage(lab.node(2))]);
});
afterAll(() => lab.close());
beforeEach(async () => {
  lab.heal();
  // What a test that failed has left would make the next ones fail, too.
  for (const { node } of [one, two])
    await node.run('drbdsetup down all; lvremove --force --quiet --quiet corral; true');
});

const sides = [labSide(() => one), labSide(() => two)] as const;
const statusOf = async (server: StorageNode, disk: NodeDisk): Promise<MirrorStatus> => {
  const [status] = await server.drbd.mirror.status([disk]);
  if (!status) throw new Error('no status');
  return status;
};
const until = async (server: StorageNode, disk: NodeDisk, isSo: (status: MirrorStatus) => boolean) => {
  for (let left = 300; left > 0; left -= 1) {
    const status = await statusOf(server, disk);
    if (isSo(status)) return status;
    await sleep(200);
  }
  throw new Error(`waited in vain; it is ${JSON.stringify(await statusOf(server, disk))}`);
};

/** A mirror on both nodes, in step. */
async function makeInStep(sizeMiB: number): Promise<[NodeDisk, NodeDisk]> {
  const [a, b] = makeLabPair([one.node, two.node], newIds(sizeMiB));
  await Promise.all([one.drbd.create(a, wiped, silent), two.drbd.create(b, wiped, silent)]);
  await Promise.all([one.drbd.assemble(a), two.drbd.assemble(b)]);
  await until(one, a, ({ connection }) => connection === 'connected');
  await one.drbd.mirror.markInSync(a);
  await until(two, b, isMirrored);
  return [a, b];
}

async function removeBoth(a: NodeDisk, b: NodeDisk): Promise<void> {
  await Promise.all([one.drbd.remove(a), two.drbd.remove(b)]);
  expect(await one.node.run('lvs --noheadings -o lv_name corral')).not.toContain(a.diskId);
}

/** A resync that can be watched. */
const slow = (server: StorageNode, disk: NodeDisk, kibPerSecond: number) =>
  server.node.run(`drbdsetup disk-options ${minorOf(disk)} --resync-rate=${kibPerSecond}k --c-plan-ahead=0`);

describe('a mirror', () => {
  it('tells how far its first synchronisation is, and that it changed', async () => {
    const [a, b] = makeLabPair([one.node, two.node], newIds(64));
    for (const [server, disk] of [
      [one, a],
      [two, b],
    ] as const) {
      await server.drbd.create(disk, { wipe: false }, silent);
      await server.drbd.assemble(disk);
      await slow(server, disk, 8_192);
    }
    await until(one, a, ({ connection }) => connection === 'connected');
    const before = await two.countChanges();
    await one.drbd.mirror.forcePrimary(a);
    const syncing = await until(two, b, ({ syncDone }) => syncDone !== null && syncDone > 0);
    expect(syncing).toMatchObject({ sync: 'target', diskState: 'inconsistent', peerDiskState: 'upToDate' });
    expect(syncing.outOfSyncKiB).toBeGreaterThan(0);
    expect(syncing.secondsLeft).not.toBeNull();
    for (const [server, disk] of [
      [one, a],
      [two, b],
    ] as const)
      await slow(server, disk, 409_600);
    const done = await until(two, b, isMirrored);
    expect(done).toMatchObject({ sync: 'none', outOfSyncKiB: 0, secondsLeft: null });
    expect(await two.countChanges()).toBeGreaterThan(before);
    await removeBoth(a, b);
  });

  it('survives a power cut of its primary side, which catches up when it is back', async () => {
    const [a, b] = await makeInStep(32);
    await one.drbd.open(a);
    await sides[0].write(a, 'before');
    await one.node.kill();
    await until(two, b, ({ connection }) => connection === 'connecting');
    await two.drbd.open(b);
    expect(await sides[1].read(b, 6)).toBe('before');
    await sides[1].write(b, 'behind');
    await one.node.start();
    one = await serveStorage(lab.node(1));
    expect(await statusOf(one, a)).toMatchObject({ connection: 'down' });
    await one.drbd.assemble(a);
    const back = await until(one, a, isMirrored);
    expect(back).toMatchObject({ role: 'secondary', peerRole: 'primary', splitBrain: false });
    await two.drbd.close(b);
    await one.drbd.open(a);
    expect(await sides[0].read(a, 6)).toBe('behind');
    await removeBoth(a, b);
  });

  it('that both sides wrote to while the link was cut says so on both, also after an agent restart, until one gives way', async () => {
    const [a, b] = await makeInStep(32);
    lab.cut('node1', 'node2');
    await until(one, a, ({ connection }) => connection === 'connecting');
    await until(two, b, ({ connection }) => connection === 'connecting');
    for (const [server, disk, text, side] of [
      [one, a, 'first', 0],
      [two, b, 'other', 1],
    ] as const) {
      await server.drbd.open(disk);
      await sides[side].write(disk, text);
    }
    lab.heal();
    const statuses = [
      await until(one, a, ({ splitBrain }) => splitBrain),
      await until(two, b, ({ splitBrain }) => splitBrain),
    ];
    for (const status of statuses)
      expect(status).toMatchObject({ connection: 'standAlone', role: 'primary' });
    expect(statuses[0]?.generations[0]).not.toBe(statuses[1]?.generations[0]);
    expect(statuses[0]?.generations[1]).toBe(statuses[1]?.generations[1]);
    await one.restart();
    await one.drbd.assemble(a);
    expect(await statusOf(one, a)).toMatchObject({ connection: 'standAlone', splitBrain: true });
    await two.drbd.close(b);
    await two.drbd.mirror.connect(b, 'discardLocal');
    await one.drbd.mirror.connect(a, 'usual');
    expect(await until(two, b, isMirrored)).toMatchObject({ splitBrain: false });
    await one.drbd.close(a);
    await two.drbd.open(b);
    expect(await sides[1].read(b, 5)).toBe('first');
    await removeBoth(a, b);
  });

  it('whose disk breaks goes on without it, tells so, and is filled anew', async () => {
    const [a, b] = await makeInStep(32);
    await one.drbd.open(a);
    await sides[0].write(a, 'whole');
    const table = `disk--${a.diskId.replaceAll('-', '--')}`;
    await one.node.run(
      `dmsetup suspend corral-${table} && echo "0 65536 error" | dmsetup load corral-${table} && dmsetup resume corral-${table}`,
    );
    await sides[0].write(a, 'later');
    const broken = await until(one, a, ({ diskState }) => diskState === 'diskless');
    expect(broken).toMatchObject({ connection: 'connected', role: 'primary', peerDiskState: 'upToDate' });
    expect(await sides[0].read(a, 5)).toBe('later');
    await one.drbd.mirror.renew(a, silent);
    await until(one, a, isMirrored);
    expect(await sides[0].read(a, 5)).toBe('later');
    expect(await one.drbd.list()).toEqual([{ diskId: a.diskId, instanceId: a.instanceId, sizeMiB: 32 }]);
    await removeBoth(a, b);
  });

  it('is connected to where its peer is now', async () => {
    const [a, b] = await makeInStep(16);
    const moved = (disk: NodeDisk): NodeDisk =>
      disk.spec.template === 'drbd'
        ? {
            ...disk,
            spec: { ...disk.spec, mirror: { ...disk.spec.mirror, port: disk.spec.mirror.port + 500 } },
          }
        : disk;
    await one.drbd.assemble(moved(a));
    await two.drbd.assemble(moved(b));
    await until(one, a, isMirrored);
    expect(await one.node.run(`drbdsetup show disk-${a.diskId}`)).toContain(`:${portOf(moved(a))};`);
    await removeBoth(a, b);
  });

  it('cannot be closed while something has it open, and says what', async () => {
    const [a, b] = await makeInStep(16);
    await one.drbd.open(a);
    const { output } = await one.node.sh(`sleep 600 7>${deviceOf(a)} & echo $!`);
    const pid = output.trim();
    const users = expect.objectContaining({ users: [`sleep (${pid})`] });
    for (const verb of [one.drbd.close, one.drbd.remove])
      await expect(verb(a)).rejects.toMatchObject({ code: 'busy', details: users });
    await one.node.run(`kill ${pid}`);
    await one.drbd.close(a);
    await removeBoth(a, b);
  });

  it('becomes a plain disk and a plain disk a mirror where they lie', async () => {
    const [a, b] = makeLabPair([one.node, two.node], newIds(16));
    const plain: NodeDisk = { ...a, spec: { template: 'plain', vg: 'corral', stripes: 1 } };
    await one.plain.create(plain, wiped, silent);
    const { path } = await one.plain.assemble(plain);
    await one.node.run(`printf kept | dd of=${path} conv=notrunc,fsync status=none`);
    await one.drbd.create(a, { wipe: false }, silent);
    await two.drbd.create(b, { wipe: false }, silent);
    expect([await one.plain.list(), (await one.drbd.list()).length]).toEqual([[], 1]);
    await one.drbd.assemble(a);
    await one.drbd.mirror.forcePrimary(a);
    await two.drbd.assemble(b);
    await until(two, b, isMirrored);
    await one.drbd.close(a);
    await two.drbd.open(b);
    expect(await sides[1].read(b, 4)).toBe('kept');
    await two.drbd.remove(b);
    await one.drbd.shutdown(a);
    await one.plain.create(plain, { wipe: false }, silent);
    expect([(await one.plain.list()).length, await one.drbd.list()]).toEqual([1, []]);
    expect((await one.node.run('lvs --noheadings -o lv_name corral')).trim()).toBe(`disk-${a.diskId}`);
    await one.plain.assemble(plain);
    expect(await one.node.run(`head -c 4 ${path}`)).toBe('kept');
    await one.plain.remove(plain);
    expect(await one.node.run('lvs --noheadings -o lv_name corral')).toBe('');
  });

  it('that finds no room for its metadata leaves no data behind either', async () => {
    const [pool] = await one.plain.pools();
    const filler = plainDisk((pool?.freeMiB ?? 0) - 128);
    const [a] = makeLabPair([one.node, two.node], newIds(64));
    await one.plain.create(filler, { wipe: false }, silent);
    const creating = one.drbd.create(a, wiped, silent);
    const numbers = { neededMiB: 128, freeMiB: expect.any(Number) };
    await expect(creating).rejects.toMatchObject({ code: 'no_resources', details: numbers });
    expect(await one.drbd.list()).toEqual([]);
    await one.plain.remove(filler);
  });
});

const portOf = ({ spec }: NodeDisk) => (spec.template === 'drbd' ? spec.mirror.port : 0);
