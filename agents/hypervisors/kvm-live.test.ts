// What a running guest goes through: real QEMU in software emulation, a real Linux that sees its devices come and go.
import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readdir, readFile, readlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { defaultHvParams, type HvParams } from '@/contract/schemas/hv-params';
import type { OsDriver } from '../os/os-definition';
import { tinyOsForTests } from '../os/testing/tiny-os';
import { sitAtTerminal, type Terminal } from '../testing/terminal';
import { whenState } from '../testing/when-state';
import type { AssembledDisk } from './hypervisor';
import { ask, bareStart, defineGuest, openKvmLab, qemuPid, signIn, type KvmLab } from './testing/kvm-lab';

const slow = { timeout: 120_000 };
const MiB = 1024 * 1024;
let lab: KvmLab;
let tiny: OsDriver;

beforeAll(async () => {
  lab = await openKvmLab();
  tiny = await tinyOsForTests();
}, 120_000);
afterAll(() => lab.close());

const observe = (id: string) =>
  lab
    .driver()
    .list()
    .find((seen) => seen.id === id);
const serialOf = async (id: string) => sitAtTerminal(await lab.driver().openConsole(id, 'serial'));
const end = async (id: string) => {
  await lab.driver().stop({ instanceId: id, force: true, timeoutMs: 0 });
  await lab.driver().cleanup(id);
};

/** Asks until the guest has noticed. */
const when = (terminal: Terminal, condition: string) =>
  ask(terminal, `until ${condition}; do sleep 0.1; done`);

async function makeDisk(index: number, changes: Partial<AssembledDisk> = {}): Promise<AssembledDisk> {
  const id = randomUUID();
  const path = join(lab.folder, `${id}.raw`);
  await writeFile(path, Buffer.alloc(8 * MiB), { mode: 0o600 });
  return { id, index, path, isMirrored: false, ...changes };
}

async function openFiles(id: string): Promise<string[]> {
  const folder = `/proc/${await qemuPid(lab.stateFolder, id)}/fd`;
  const names = await readdir(folder);
  return Promise.all(names.map((name) => readlink(join(folder, name)).catch(() => '')));
}

describe('a running guest', () => {
  const definition = defineGuest({ name: 'live1' });
  const { id } = definition;
  let terminal: Terminal;

  test('that is started paused stands still until it is resumed', slow, async () => {
    const start = { definition, boot: await tiny.boot(definition), disks: [], nics: [], paused: true };
    await lab.driver().start(start);
    expect(observe(id)).toMatchObject({ operState: 'paused', detail: null, memoryMiB: 96 });
    await lab.restart([definition]);
    expect(observe(id)).toMatchObject({ operState: 'paused' });
    await lab.driver().resume(id);
    await lab.driver().resume(id);
    expect(observe(id)).toMatchObject({ operState: 'running' });
    terminal = await serialOf(id);
    await signIn(terminal);
    await lab.driver().pause(id);
    await lab.driver().pause(id);
    expect(observe(id)).toMatchObject({ operState: 'paused', detail: null });
    const disk = await makeDisk(0);
    await expect(lab.driver().plugDisk(id, disk)).rejects.toMatchObject({ code: 'wrong_state' });
    await lab.driver().resume(id);
  });

  test('sees a disk that is plugged in, grown and taken out again', slow, async () => {
    const disk = await makeDisk(1);
    await lab.driver().plugDisk(id, disk);
    await lab.driver().plugDisk(id, disk);
    expect(lab.driver().machine(id).disks).toEqual([{ id: disk.id, index: 1 }]);
    await when(terminal, 'grep -q 16384 /sys/block/vda/size');
    expect(await ask(terminal, 'cat /sys/block/vda/serial')).toContain(
      disk.id.replaceAll('-', '').slice(0, 20),
    );
    await ask(terminal, 'echo written > /dev/vda; sync');
    await truncate(disk.path, 16 * MiB);
    await lab.driver().resizeDisk(id, { diskId: disk.id, sizeMiB: 16 });
    await when(terminal, 'grep -q 32768 /sys/block/vda/size');
    const other = await makeDisk(1);
    await expect(lab.driver().plugDisk(id, other)).rejects.toMatchObject({ code: 'wrong_state' });
    terminal.leave();
    await lab.restart([definition]);
    terminal = await serialOf(id);
    expect(await openFiles(id)).toContain(disk.path);
    await lab.driver().unplugDisk(id, disk.id);
    await lab.driver().unplugDisk(id, disk.id);
    await when(terminal, '! [ -e /sys/block/vda ]');
    expect(await openFiles(id)).not.toContain(disk.path);
    expect(lab.driver().machine(id).disks).toEqual([]);
    await lab.driver().plugDisk(id, other);
    await when(terminal, '[ -e /sys/block/vda ]');
    await lab.driver().unplugDisk(id, other.id);
  });

  test('reads from a disk that is read-only and cannot write to it', slow, async () => {
    const disk = await makeDisk(1, { mode: 'ro' });
    await lab.driver().plugDisk(id, disk);
    expect(lab.driver().machine(id).disks).toEqual([{ id: disk.id, index: 1, mode: 'ro' }]);
    await when(terminal, 'grep -q 1 /sys/block/vda/ro');
    expect(await ask(terminal, 'echo written > /dev/vda; dd if=/dev/vda bs=512 count=1 | wc -c')).toContain(
      '512',
    );
    expect((await readFile(disk.path)).every((byte) => byte === 0)).toBe(true);
    await lab.driver().unplugDisk(id, disk.id);
    await when(terminal, '! [ -e /sys/block/vda ]');
  });

  test.skipIf(!hasLoopDevices())('gets a block device as what it is, past the page cache', slow, async () => {
    const file = await makeDisk(2);
    const path = execFileSync('losetup', ['--find', '--show', file.path], { encoding: 'utf8' }).trim();
    try {
      const disk = { ...file, path, isMirrored: true };
      await lab.driver().plugDisk(id, disk);
      await when(terminal, 'grep -q 16384 /sys/block/vda/size');
      await truncate(file.path, 12 * MiB);
      execFileSync('losetup', ['--set-capacity', path]);
      await lab.driver().resizeDisk(id, { diskId: disk.id, sizeMiB: 12 });
      await when(terminal, 'grep -q 24576 /sys/block/vda/size');
      await ask(terminal, 'echo through > /dev/vda; sync');
      expect(await openFiles(id)).toContain(path);
      await lab.driver().unplugDisk(id, disk.id);
      expect(await openFiles(id)).not.toContain(path);
    } finally {
      execFileSync('losetup', ['--detach', path]);
    }
  });

  test('sees a NIC that is plugged in and taken out again', slow, async () => {
    const nic = { id: randomUUID(), index: 3, mac: '52:54:00:00:00:03', netdev: { type: 'user' as const } };
    for (let round = 0; round < 2; round += 1) {
      await lab.driver().plugNic(id, nic);
      await lab.driver().plugNic(id, nic);
      await when(terminal, 'cat /sys/class/net/*/address | grep -q 52:54:00:00:00:03');
      await lab.driver().unplugNic(id, nic.id);
      await lab.driver().unplugNic(id, nic.id);
      await when(terminal, '! cat /sys/class/net/*/address | grep -q 52:54:00:00:00:03');
    }
    expect(lab.driver().machine(id).nics).toEqual([]);
  });

  test('that cannot have a NIC gets none, and says why', async () => {
    const netdev = { type: 'tap' as const, ifname: 'nosuchtap..', queues: 1 };
    const nic = { id: randomUUID(), index: 4, mac: '52:54:00:00:00:04', netdev };
    await expect(lab.driver().plugNic(id, nic)).rejects.toMatchObject({ code: 'tool_failed' });
    expect(lab.driver().machine(id).nics).toEqual([]);
    const disk = { ...(await makeDisk(4)), path: join(lab.folder, 'missing.raw') };
    await expect(lab.driver().plugDisk(id, disk)).rejects.toThrow(/missing\.raw/);
    expect(lab.driver().machine(id).disks).toEqual([]);
  });

  test('gives memory back when it is asked to, and gets it again', slow, async () => {
    await ask(terminal, 'modprobe virtio_balloon');
    await lab.driver().balloon(id, 80);
    await expect.poll(() => observe(id)?.memoryMiB, { timeout: 30_000 }).toBe(80);
    await lab.driver().balloon(id, 96);
    await expect.poll(() => observe(id)?.memoryMiB, { timeout: 30_000 }).toBe(96);
    await expect(lab.driver().balloon(id, 97)).rejects.toMatchObject({ code: 'invalid' });
  });

  test('gets another CD, or none', slow, async () => {
    const path = join(lab.folder, 'a.iso');
    await writeFile(path, Buffer.alloc(MiB), { mode: 0o600 });
    const cd = { iso: 'a.iso', path };
    await lab.driver().changeCd(id, cd);
    await lab.driver().changeCd(id, cd);
    expect(lab.driver().machine(id).hvParams.cdrom).toBe('a.iso');
    expect(await openFiles(id)).toContain(path);
    await lab.driver().changeCd(id, null);
    expect(lab.driver().machine(id).hvParams.cdrom).toBeNull();
    expect(await openFiles(id)).not.toContain(path);
    terminal.leave();
    await end(id);
  });
});

test('a guest that does not listen keeps its disk', slow, async () => {
  const definition = defineGuest();
  const disk = await makeDisk(0);
  await lab.driver().start({ ...bareStart(definition), disks: [disk] });
  await expect(lab.driver().unplugDisk(definition.id, disk.id)).rejects.toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('disk 0'),
  });
  expect(lab.driver().machine(definition.id).disks).toEqual([{ id: disk.id, index: 0 }]);
  expect(observe(definition.id)).toMatchObject({ operState: 'running' });
  await end(definition.id);
});

test('a guest that is to end when it restarts itself does, and is not reset', slow, async () => {
  const hvParams = { ...defaultHvParams, rebootBehavior: 'exit' as const };
  const definition = defineGuest({ name: 'once1', hvParams });
  await lab.driver().start({ definition, boot: await tiny.boot(definition), disks: [], nics: [] });
  const terminal = await serialOf(definition.id);
  await signIn(terminal);
  await expect(lab.driver().reset(definition.id)).rejects.toMatchObject({ code: 'wrong_state' });
  terminal.type('reboot -f');
  expect(await whenState(lab.driver(), definition.id, 'shutdown')).toMatchObject({ detail: null });
  terminal.leave();
  await lab.driver().cleanup(definition.id);
});

test('a guest without screen and serial line runs, and says that it has none', async () => {
  const hvParams: HvParams = {
    ...defaultHvParams,
    ...{ serialConsole: false, screen: false, vga: 'none', usbTablet: false, keymap: 'de' },
    ...{ diskBus: 'scsi', nicModel: 'e1000', diskCache: 'none', diskAio: 'native', cpuType: 'qemu64' },
  };
  const definition = defineGuest({ hvParams });
  const nics = [{ id: randomUUID(), index: 0, mac: '52:54:00:00:00:01', netdev: { type: 'user' as const } }];
  await lab.driver().start({ ...bareStart(definition), disks: [await makeDisk(0)], nics });
  expect(observe(definition.id)).toMatchObject({ operState: 'running' });
  await lab.restart([definition]);
  expect(observe(definition.id)).toMatchObject({ operState: 'running', detail: null });
  await expect(lab.driver().openConsole(definition.id, 'screen')).rejects.toMatchObject({
    code: 'wrong_state',
  });
  await end(definition.id);
});

function hasLoopDevices(): boolean {
  try {
    execFileSync('losetup', ['--find'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
