import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { createLosetup } from '../tools/losetup/losetup';
import { describeStorageContract } from './block-device-contract';
import { filePathOf } from './file';
import { createLoopedFileStorage } from './looped-file';
import { silent } from './testing/storage-fixture';

const mib = 1024 * 1024;
const loops = createLosetup();
const canLoop = await hasLoopDevices();

const tell = (program: string, ...args: string[]) =>
  execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
const sizeOf = (path: string) => Number(tell('blockdev', '--getsize64', path));
const columnsOf = (path: string, columns: string) =>
  tell('losetup', '--list', '--noheadings', '--output', columns, path).split(/\s+/);
const devicesIn = async (folder: string) =>
  (await loops.list()).filter(({ backFile }) => backFile.startsWith(`${folder}/`)).map(({ path }) => path);

/** Whatever a test that failed has left goes, too. */
async function removeFolder(folder: string): Promise<void> {
  for (const path of canLoop ? await devicesIn(folder) : []) await loops.detach(path);
  await rm(folder, { recursive: true });
}

/** Makes one: a container may have the program and the nodes, and still not the right to. */
async function hasLoopDevices(): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'looped-'));
  const file = join(folder, 'probe');
  try {
    await writeFile(file, Buffer.alloc(mib));
    await loops.detach(await loops.attach(file));
    return true;
  } catch {
    return false;
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe.skipIf(!canLoop)('file disks as loop devices (needs root, and loop devices in the kernel)', () => {
  describeStorageContract('looped file', async () => {
    const own = await mkdtemp(join(tmpdir(), 'looped-'));
    return {
      createDriver: async () => createLoopedFileStorage({ folder: own }),
      newSpec: () => ({ template: 'file' }),
      readBytes: async (path, length, offset = 0) => {
        const device = await open(path, 'r');
        const { buffer } = await device.read(Buffer.alloc(length), 0, length, offset);
        await device.close();
        return buffer;
      },
      write: async (path, text) => {
        const device = await open(path, 'r+');
        await device.write(text, 0);
        await device.close();
      },
      leaveHalfGiven: async (_disk, toInstanceId) => {
        await mkdir(join(own, toInstanceId));
      },
      leaveHalfDone: async ({ instanceId, diskId }) => {
        await mkdir(join(own, instanceId));
        await writeFile(join(own, instanceId, `${diskId}.raw.part`), 'half');
      },
      adoption: null,
      close: async () => {
        const left = await devicesIn(own);
        await removeFolder(own);
        expect(left).toEqual([]);
      },
    };
  });

  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'looped-'));
  });
  afterEach(() => removeFolder(folder));

  const makeDisk = async (storage = createLoopedFileStorage({ folder })) => {
    const disk: NodeDisk = {
      ...{ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB: 4 },
      spec: { template: 'file' },
    };
    await storage.create(disk, { wipe: true }, silent);
    return { storage, disk, file: filePathOf(folder, disk) };
  };

  test('a disk is one block device of its size, whoever brings it up and how often', async () => {
    const { storage, disk } = await makeDisk();
    const other = createLoopedFileStorage({ folder });
    const several = [storage, storage, other, other].map((driver) => driver.assemble(disk));
    const paths = new Set((await Promise.all(several)).map(({ path }) => path));
    expect([...paths]).toEqual(await devicesIn(folder));
    const [path = ''] = paths;
    expect((await stat(path)).isBlockDevice()).toBe(true);
    expect(sizeOf(path)).toBe(4 * mib);
    await storage.shutdown(disk);
    expect(await devicesIn(folder)).toEqual([]);
  });

  test('disks that are brought up at once have a device each', async () => {
    const storage = createLoopedFileStorage({ folder });
    const disks = await Promise.all([1, 2, 3, 4].map(async () => (await makeDisk(storage)).disk));
    const paths = (await Promise.all(disks.map(storage.assemble))).map(({ path }) => path);
    expect(paths.sort()).toEqual((await devicesIn(folder)).sort());
    await Promise.all(disks.map(storage.remove));
    expect(await devicesIn(folder)).toEqual([]);
  });

  test('what is written to the device is in the file', async () => {
    const { storage, disk, file } = await makeDisk();
    const { path } = await storage.assemble(disk);
    const device = await open(path, 'r+');
    await device.write('through');
    await device.sync();
    await device.close();
    await storage.shutdown(disk);
    expect((await readFile(file)).subarray(0, 7).toString()).toBe('through');
  });

  test('the device grows with the file, also while it is in use', async () => {
    const { storage, disk } = await makeDisk();
    const { path } = await storage.assemble(disk);
    const user = await open(path, 'r');
    const wish = { sizeMiB: 7, wipe: true };
    await storage.grow(disk, { ...wish, stage: 'check' }, silent);
    expect(sizeOf(path)).toBe(4 * mib);
    for (const stage of ['backing', 'device'] as const) {
      await storage.grow(disk, { ...wish, stage }, silent);
      expect(sizeOf(path)).toBe(7 * mib);
    }
    await user.close();
  });

  test('a device that kept its old size when the agent ended has the new one once it is brought up', async () => {
    const { storage, disk, file } = await makeDisk();
    const { path } = await storage.assemble(disk);
    tell('truncate', '--size', '7M', file);
    expect(await createLoopedFileStorage({ folder }).assemble(disk)).toEqual({ path });
    expect(sizeOf(path)).toBe(7 * mib);
  });

  test('the device follows its disk to another instance, and is found through a link to the folder', async () => {
    const link = join(folder, 'link');
    await symlink(folder, link);
    const { storage, disk } = await makeDisk(createLoopedFileStorage({ folder: link }));
    const given = { ...disk, instanceId: randomUUID() };
    const before = await storage.assemble(disk);
    await storage.give(disk, given.instanceId);
    expect(await storage.assemble(given)).toEqual(before);
    await storage.shutdown(disk);
    expect(await devicesIn(folder)).toEqual([before.path]);
    await storage.shutdown(given);
    expect(await devicesIn(folder)).toEqual([]);
  });

  test('a device whose file was deleted goes with the disk', async () => {
    const { storage, disk, file } = await makeDisk();
    await storage.assemble(disk);
    await rm(join(file, '..'), { recursive: true });
    await expect(storage.assemble(disk)).rejects.toMatchObject({ code: 'not_found' });
    expect(await devicesIn(folder)).toHaveLength(1);
    await storage.remove(disk);
    expect(await devicesIn(folder)).toEqual([]);
  });

  test('a device that was to go with its last user stays once the disk is brought up again', async () => {
    const { storage, disk } = await makeDisk();
    const { path } = await storage.assemble(disk);
    const user = await open(path, 'r');
    await loops.detach(path);
    expect(await storage.assemble(disk)).toEqual({ path });
    await user.close();
    expect(await devicesIn(folder)).toEqual([path]);
  });

  test('a device that is mounted is not taken away, nor its file', { timeout: 60_000 }, async () => {
    const { storage, disk } = await makeDisk();
    const { path } = await storage.assemble(disk);
    const point = join(folder, 'point');
    await mkdir(point);
    tell('mke2fs', '-q', path);
    tell('mount', path, point);
    try {
      await expect(storage.remove(disk)).rejects.toMatchObject({ code: 'busy' });
    } finally {
      tell('umount', point);
    }
    expect(await devicesIn(folder)).toEqual([path]);
    expect(await storage.list()).toHaveLength(1);
    await storage.remove(disk);
    expect(await devicesIn(folder)).toEqual([]);
  });

  test.each([
    { sectorBytes: 512, isDirect: '1' },
    { sectorBytes: 4_096, isDirect: '0' },
  ])(
    'a device over a disk of $sectorBytes-byte sectors has such of 512 bytes, and passes the page cache where it can',
    async ({ sectorBytes, isDirect }) => {
      const [below, point] = [join(folder, 'below'), join(folder, 'point')];
      tell('truncate', '--size', '64M', below);
      await mkdir(point);
      const lower = tell('losetup', '--find', '--show', '--sector-size', String(sectorBytes), below);
      tell('mke2fs', '-q', '-b', '4096', lower);
      tell('mount', lower, point);
      try {
        const file = join(point, 'disk');
        await writeFile(file, Buffer.alloc(4 * mib));
        const path = await loops.attach(file);
        expect(columnsOf(path, 'DIO,LOG-SEC')).toEqual([isDirect, '512']);
        await loops.detach(path);
        await loops.detach(path);
        expect(await devicesIn(point)).toEqual([]);
      } finally {
        tell('umount', '--lazy', point);
      }
    },
  );

  test('a file that does not exist gets no device', async () => {
    const file = join(folder, 'none');
    await expect(loops.attach(file)).rejects.toMatchObject({
      code: 'tool_failed',
      message: expect.stringContaining(`Cannot make a loop device of ${file}`),
    });
  });
});
