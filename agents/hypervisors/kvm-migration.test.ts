// Two drivers on one machine, as on two nodes that share a disk: real QEMU in software emulation, a real guest that counts.
import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { MigrationDoor, MigrationOutcome } from '@/contract/agent-live-calls';
import { tinyOsForTests } from '../os/testing/tiny-os';
import { createFileStorage } from '../storage/file';
import { sitAtTerminal, type Terminal } from '../testing/terminal';
import { whenState } from '../testing/when-state';
import type { StartRequest } from './hypervisor';
import { chooseSocketRoot } from './kvm-files';
import {
  ask,
  bareStart,
  defineGuest,
  openKvmLab,
  qemuPid,
  qemuPids,
  signIn,
  type KvmLab,
} from './testing/kvm-lab';

const slow = { timeout: 120_000 };
const quiet = { log() {}, progress() {} };
const fast = { migrationBandwidthMiBs: 2_000, migrationDowntimeMs: 2_000 };
const address = '127.0.0.1';

const diskId = randomUUID();
const definition = defineGuest({
  name: 'moves1',
  diskTemplate: 'file',
  disks: [{ id: diskId, index: 0, sizeMiB: 32, spec: { template: 'file' } }],
});
const instanceId = definition.id;
let start: StartRequest;
let here: KvmLab;
let there: KvmLab;

beforeAll(async () => {
  [here, there] = [await openKvmLab(), await openKvmLab()];
  const tiny = await tinyOsForTests();
  const storage = createFileStorage({ folder: join(here.folder, 'disks') });
  const disk = { instanceId, diskId, sizeMiB: 32, spec: { template: 'file' as const } };
  await storage.create(disk, { wipe: false }, quiet);
  const { path } = await storage.assemble(disk);
  await tiny.install({ definition, diskPaths: [path] }, quiet);
  start = {
    definition,
    boot: await tiny.boot(definition),
    disks: [{ id: diskId, index: 0, path, isMirrored: false }],
    nics: [{ id: randomUUID(), index: 0, mac: '52:54:00:00:00:01', netdev: { type: 'user' } }],
  };
}, 120_000);
afterAll(async () => {
  await here.close();
  await there.close();
});

const observe = (lab: KvmLab) =>
  lab
    .driver()
    .list()
    .find(({ id }) => id === instanceId);
const doorAt = (lab: KvmLab) => lab.driver().receive({ start, accelerator: 'tcg', address });
const send = (from: KvmLab, door: MigrationDoor, limits = fast): Promise<MigrationOutcome> =>
  from.driver().migrate({ instanceId, ...door, ...limits }, () => {});
const finish = (lab: KvmLab, side: 'source' | 'target', success: boolean, resume = true) =>
  lab.driver().finishMigration({ instanceId, side, success, resume });
const serialAt = async (lab: KvmLab) => sitAtTerminal(await lab.driver().openConsole(instanceId, 'serial'));

async function move(from: KvmLab, to: KvmLab): Promise<MigrationOutcome> {
  const door = await doorAt(to);
  const outcome = await send(from, door);
  await to.driver().seedSerial(instanceId, await from.driver().serialHistory(instanceId));
  await finish(to, 'target', true, outcome.resume);
  await finish(from, 'source', true, outcome.resume);
  return outcome;
}

/** Waits until the guest has counted on; answers all numbers that a terminal saw. */
async function countOn(terminal: Terminal): Promise<number[]> {
  await terminal.until(/tick \d+\r\n/);
  await terminal.until(/tick \d+\r\n/, terminal.seen().length);
  return [...terminal.seen().matchAll(/tick (\d+)\r\n/g)].map(([, count]) => Number(count));
}

describe('a running guest', () => {
  test(
    'moves from node to node and back, with its memory, its disk and its serial history',
    slow,
    async () => {
      await here.driver().start(start);
      const first = await serialAt(here);
      await signIn(first);
      await ask(first, 'echo re""member > /root/note');
      first.type('(i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.2; done) &');
      await countOn(first);
      first.leave();
      let [from, to] = [here, there];
      for (let round = 0; round < 3; round += 1) {
        const outcome = await move(from, to);
        expect(outcome).toMatchObject({ resume: true });
        expect(outcome.transferredMiB).toBeGreaterThan(5);
        expect(observe(from)).toBeUndefined();
        expect(await readdir(from.stateFolder)).toEqual([]);
        expect(observe(to)).toMatchObject({
          operState: 'running',
          migration: null,
          detail: null,
          memoryMiB: 96,
        });
        const terminal = await serialAt(to);
        const counted = await countOn(terminal);
        // One after the other, across all nodes: none is lost and none is told twice.
        expect(counted).toEqual(counted.map((_, index) => index + 1));
        expect(terminal.seen().match(/Linux version/g)).toHaveLength(1);
        terminal.leave();
        [from, to] = [to, from];
      }
      const last = await serialAt(from);
      expect(await ask(last, 'cat /root/note; grep -c . /proc/mounts')).toContain('remember');
      last.leave();
      await from.restart([definition]);
      expect(observe(from)).toMatchObject({ operState: 'running', migration: null });
      [here, there] = [from, to];
    },
  );

  test('goes on at the source when the migration is canceled, and can be sent again', slow, async () => {
    const door = await doorAt(there);
    const sending = send(here, door, { ...fast, migrationBandwidthMiBs: 1 });
    const outcome = expect(sending).rejects.toMatchObject({ code: 'canceled' });
    await expect.poll(() => observe(here)?.migration).toBe('sending');
    expect(await here.driver().migrationState(instanceId)).toEqual({ state: 'sending', arrived: false });
    await here.driver().cancelMigration(instanceId);
    await here.driver().cancelMigration(instanceId);
    await outcome;
    await finish(there, 'target', false);
    await finish(there, 'target', false);
    await finish(here, 'source', false);
    expect(await here.driver().migrationState(instanceId)).toEqual({ state: 'none', arrived: false });
    await stillCounts(here);
    expect(await qemuPids(there.stateFolder)).toEqual([]);
  });

  test('goes on at the source when the target dies half-way', slow, async () => {
    const door = await doorAt(there);
    const sending = send(here, door, { ...fast, migrationBandwidthMiBs: 1 });
    const outcome = expect(sending).rejects.toMatchObject({ code: 'tool_failed' });
    await expect.poll(() => observe(here)?.migration).toBe('sending');
    process.kill(await qemuPid(there.stateFolder, instanceId), 'SIGKILL');
    await outcome;
    await whenState(there.driver(), instanceId, 'absent');
    await expect.poll(() => observe(there)?.migration).toBe(null);
    await finish(there, 'target', false);
    await finish(here, 'source', false);
    await stillCounts(here);
    expect(await readdir(there.stateFolder)).toEqual([]);
  });

  test('is followed again by an agent that was restarted while it was sending', slow, async () => {
    const door = await doorAt(there);
    const waiting = new AbortController();
    const slowly = { ...fast, migrationBandwidthMiBs: 4 };
    const request = { instanceId, ...door, ...slowly, signal: waiting.signal };
    const sending = expect(here.driver().migrate(request, () => {})).rejects.toMatchObject({
      code: 'canceled',
    });
    await expect.poll(() => observe(here)?.migration).toBe('sending');
    waiting.abort();
    await sending;
    await here.restart([definition]);
    await there.restart([definition]);
    expect(await here.driver().migrationState(instanceId)).toMatchObject({ state: 'sending' });
    expect(await there.driver().migrationState(instanceId)).toEqual({ state: 'receiving', arrived: false });
    expect(await send(here, door, slowly)).toMatchObject({ resume: true });
    await here.restart([definition]);
    await there.restart([definition]);
    expect(observe(here)).toMatchObject({ operState: 'running', migration: 'sent' });
    expect(observe(there)).toMatchObject({ operState: 'absent', migration: 'receiving' });
    expect(await there.driver().migrationState(instanceId)).toEqual({ state: 'receiving', arrived: true });
    await expect(here.driver().resume(instanceId)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(here.driver().start(start)).rejects.toMatchObject({ code: 'wrong_state' });
  });

  test('is taken back from a target that had all of it already', slow, async () => {
    await finish(there, 'target', false);
    await finish(here, 'source', false);
    expect(observe(here)).toMatchObject({ operState: 'running', migration: null });
    await stillCounts(here);
  });

  test('that stood still stands still afterwards', slow, async () => {
    await here.driver().pause(instanceId);
    const outcome = await move(here, there);
    expect(outcome.resume).toBe(false);
    expect(observe(there)).toMatchObject({ operState: 'paused', migration: null });
    await there.driver().resume(instanceId);
    await stillCounts(there);
    [here, there] = [there, here];
  });

  test('takes along what was plugged in, and lets go of it at its new node', slow, async () => {
    const disk = { id: randomUUID(), index: 7, path: join(here.folder, 'plugged.raw'), isMirrored: false };
    const nic = { id: randomUUID(), index: 2, mac: '52:54:00:00:00:02', netdev: { type: 'user' as const } };
    await writeFile(disk.path, Buffer.alloc(8 * 1024 * 1024));
    const before = start;
    await here.driver().plugDisk(instanceId, disk);
    await here.driver().plugNic(instanceId, nic);
    start = { ...start, disks: [...start.disks, disk], nics: [...start.nics, nic] };
    await move(here, there);
    expect(there.driver().machine(instanceId)).toMatchObject({
      disks: [{ index: 0 }, { id: disk.id, index: 7 }],
      nics: [{ index: 0 }, { id: nic.id, index: 2 }],
    });
    const terminal = await serialAt(there);
    terminal.type('kill %1');
    await ask(terminal, 'until [ -e /sys/block/vdb ]; do sleep 0.1; done; echo moved > /dev/vdb; sync');
    expect((await readFile(disk.path)).toString('utf8', 0, 5)).toBe('moved');
    await there.driver().unplugDisk(instanceId, disk.id);
    await there.driver().unplugNic(instanceId, nic.id);
    await ask(terminal, 'while [ -e /sys/block/vdb ]; do sleep 0.1; done');
    terminal.leave();
    start = before;
    [here, there] = [there, here];
  });

  test('ends at its new node as it would have at the old one', slow, async () => {
    const terminal = await serialAt(here);
    terminal.type('poweroff');
    expect(await whenState(here.driver(), instanceId, 'shutdown')).toMatchObject({ detail: null });
    terminal.leave();
    await here.driver().cleanup(instanceId);
    for (const lab of [here, there]) {
      expect(await readdir(lab.stateFolder)).toEqual([]);
      expect(await readdir(chooseSocketRoot(lab.stateFolder)).catch(() => [])).toEqual([]);
    }
  });
});

test('nobody is let in at a target without the key', slow, async () => {
  const bare = bareStart(defineGuest());
  const { id } = bare.definition;
  await here.driver().start(bare);
  const door = await there.driver().receive({ start: bare, accelerator: 'tcg', address });
  expect(there.driver().list()).toMatchObject([{ operState: 'absent', migration: 'receiving' }]);
  const stranger = connect({ host: door.host, port: door.port });
  const said: Buffer[] = [];
  stranger.on('error', () => {}).on('data', (chunk: Buffer) => said.push(chunk));
  stranger.end('QEVM');
  await once(stranger, 'close');
  expect(Buffer.concat(said).includes('QEVM')).toBe(false);
  const wrong = { instanceId: id, ...door, key: '0'.repeat(64), ...fast };
  await expect(here.driver().migrate(wrong, () => {})).rejects.toMatchObject({ code: 'tool_failed' });
  expect(here.driver().list()).toMatchObject([{ operState: 'running', migration: null }]);
  expect(await there.driver().migrationState(id)).toEqual({ state: 'receiving', arrived: false });
  await there.driver().finishMigration({ instanceId: id, side: 'target', success: false, resume: false });
  await here.driver().stop({ instanceId: id, force: true, timeoutMs: 0 });
  await here.driver().cleanup(id);
});

test('a machine of another kind is refused, one that runs here is not received', async () => {
  const bare = bareStart(defineGuest());
  const receive = (accelerator: 'kvm' | 'tcg') =>
    here.driver().receive({ start: bare, accelerator, address });
  await expect(receive('kvm')).rejects.toMatchObject({ code: 'wrong_state' });
  await here.driver().start(bare);
  await expect(receive('tcg')).rejects.toMatchObject({ code: 'wrong_state' });
  const { id } = bare.definition;
  const door = { host: address, port: 1, key: 'a'.repeat(64) };
  await expect(here.driver().migrate({ instanceId: id, ...door, ...fast }, () => {})).rejects.toMatchObject({
    code: 'tool_failed',
    message: expect.stringMatching(/refused|connect/i),
  });
  expect(here.driver().list()).toMatchObject([{ id, operState: 'running', migration: null }]);
  await here.driver().stop({ instanceId: id, force: true, timeoutMs: 0 });
  await here.driver().cleanup(id);
});

async function stillCounts(lab: KvmLab): Promise<void> {
  const terminal = await serialAt(lab);
  await countOn(terminal);
  terminal.leave();
}
