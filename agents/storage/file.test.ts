import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { reserveFile, writeZeros } from '../tools/fallocate/reserve';
import { describeStorageContract } from './block-device-contract';
import { createFileStorage } from './file';

const quiet = { log() {}, progress() {} };
const mib = 1024 * 1024;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'disks-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const wiped = { wipe: true };
const newDisk = (sizeMiB = 4): NodeDisk => ({
  ...{ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB },
  spec: { template: 'file' },
});
const listed = ({ instanceId, diskId, sizeMiB }: NodeDisk) => ({ instanceId, diskId, sizeMiB });

describeStorageContract('file', async () => {
  const own = await mkdtemp(join(tmpdir(), 'disks-'));
  return {
    createDriver: async () => createFileStorage({ folder: own }),
    newSpec: () => ({ template: 'file' }),
    readBytes: async (path, bytes, offset = 0) => (await readFile(path)).subarray(offset, offset + bytes),
    write: async (path, text) => {
      const handle = await open(path, 'r+');
      await handle.write(text, 0);
      await handle.close();
    },
    leaveHalfGiven: async (_disk, toInstanceId) => {
      await mkdir(join(own, toInstanceId));
    },
    leaveHalfDone: async ({ instanceId, diskId }) => {
      await mkdir(join(own, instanceId));
      await writeFile(join(own, instanceId, `${diskId}.raw.part`), 'half');
    },
    adoption: null,
    close: () => rm(own, { recursive: true }),
  };
});

describe('a file disk', () => {
  test('has its whole size reserved, reads as zeros and is listed until it is removed', async () => {
    const storage = createFileStorage({ folder });
    const disk = newDisk();
    await storage.create(disk, wiped, quiet);
    await storage.create(disk, wiped, quiet);
    const { path } = await storage.assemble(disk);
    const { size, blocks } = await stat(path);
    expect(size).toBe(4 * mib);
    expect(blocks * 512).toBeGreaterThanOrEqual(4 * mib);
    expect(await storage.list()).toEqual([listed(disk)]);
    await storage.shutdown(disk);
    await storage.remove(disk);
    await storage.remove(disk);
    expect(await storage.list()).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  test('is not made again with another size', async () => {
    const storage = createFileStorage({ folder });
    const disk = newDisk();
    await storage.create(disk, wiped, quiet);
    const again = storage.create({ ...disk, sizeMiB: 8 }, wiped, quiet);
    await expect(again).rejects.toMatchObject({
      code: 'already_exists',
      details: { sizeMiB: 8, existingMiB: 4 },
    });
  });

  test('that was left half made is made anew and never listed', async () => {
    const storage = createFileStorage({ folder });
    const disk = newDisk();
    await mkdir(join(folder, disk.instanceId));
    await writeFile(join(folder, disk.instanceId, `${disk.diskId}.raw.part`), 'half');
    await writeFile(join(folder, disk.instanceId, 'notes.raw'), 'not ours');
    expect(await storage.list()).toEqual([]);
    await expect(storage.assemble(disk)).rejects.toMatchObject({ code: 'not_found' });
    await storage.create(disk, wiped, quiet);
    expect(await storage.list()).toEqual([listed(disk)]);
  });

  test('that does not fit is refused with the numbers before anything is written', async () => {
    const readSpace = async () => ({ bsize: mib, blocks: 20_000, bavail: 1_000 });
    const storage = createFileStorage({ folder, readSpace });
    expect(await storage.pools()).toEqual([{ kind: 'folder', name: folder, totalMiB: 20_000, freeMiB: 488 }]);
    await expect(storage.create(newDisk(489), wiped, quiet)).rejects.toMatchObject({
      code: 'no_resources',
      message: expect.stringContaining('needs 489 MiB, the node has 488 MiB left'),
      details: { sizeMiB: 489, freeMiB: 488 },
    });
    expect(await readdir(folder)).toEqual([]);
  });

  test('grows with its data kept and its new part reserved, however often it is asked', async () => {
    const storage = createFileStorage({ folder });
    const disk = newDisk();
    await storage.create(disk, wiped, quiet);
    const { path } = await storage.assemble(disk);
    await writeFile(path, 'data', { flag: 'r+' });
    for (let time = 0; time < 2; time += 1)
      await storage.grow(disk, { sizeMiB: 7, stage: 'backing', ...wiped }, quiet);
    const { size, blocks } = await stat(path);
    expect(size).toBe(7 * mib);
    expect(blocks * 512).toBeGreaterThanOrEqual(7 * mib);
    expect((await readFile(path)).subarray(0, 4).toString()).toBe('data');
    await storage.create({ ...disk, sizeMiB: 7 }, wiped, quiet);
    await storage.grow(disk, { sizeMiB: 7, stage: 'device', ...wiped }, quiet);
    expect((await stat(path)).size).toBe(7 * mib);
  });

  test('whose growth is canceled has its old size', async () => {
    const storage = createFileStorage({ folder });
    const disk = newDisk();
    await storage.create(disk, wiped, quiet);
    const wish = { sizeMiB: 7, stage: 'backing' as const, wipe: true };
    const signal = AbortSignal.abort();
    await expect(storage.grow(disk, wish, { ...quiet, signal })).rejects.toMatchObject({ code: 'canceled' });
    expect(await storage.list()).toEqual([listed(disk)]);
  });

  test('is not taken for absent where the folder cannot be read', async () => {
    const unreadable = join(folder, 'a-file');
    await writeFile(unreadable, '');
    await expect(createFileStorage({ folder: unreadable }).list()).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(await createFileStorage({ folder: join(folder, 'none') }).list()).toEqual([]);
    await writeFile(join(folder, randomUUID()), 'where a folder should be');
    await expect(createFileStorage({ folder }).list()).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  test('whose creation waits for another one is given up at once when it is canceled', async () => {
    let goOn = () => {};
    const whenAsked = new Promise<void>((resolve) => (goOn = resolve));
    const readSpace = async () => {
      await whenAsked;
      return { bsize: mib, blocks: 20_000, bavail: 10_000 };
    };
    const storage = createFileStorage({ folder, readSpace });
    const first = newDisk();
    const creating = storage.create(first, wiped, quiet);
    const stop = new AbortController();
    const waiting = storage.create(newDisk(), wiped, { ...quiet, signal: stop.signal });
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'canceled' });
    const third = newDisk();
    const last = storage.create(third, wiped, quiet);
    goOn();
    await Promise.all([creating, last]);
    const ids = (await storage.list()).map(({ diskId }) => diskId);
    expect(ids.sort()).toEqual([first.diskId, third.diskId].sort());
  });

  test('whose creation is canceled leaves nothing', async () => {
    const storage = createFileStorage({ folder });
    const signal = AbortSignal.abort();
    await expect(storage.create(newDisk(), wiped, { ...quiet, signal })).rejects.toMatchObject({
      code: 'canceled',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe.skipIf(process.getuid?.() !== 0)(
  'on a file system that is really full (needs root to mount one)',
  () => {
    beforeEach(() => void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', folder]));
    afterEach(() => void execFileSync('umount', [folder]));

    test('a disk fails with no_resources and leaves nothing', async () => {
      const readSpace = async () => ({ bsize: mib, blocks: 1_000, bavail: 1_000 });
      const storage = createFileStorage({ folder, readSpace });
      await expect(storage.create(newDisk(64), wiped, quiet)).rejects.toMatchObject({ code: 'no_resources' });
      expect(await readdir(folder)).toEqual([]);
      const disk = newDisk(4);
      await storage.create(disk, wiped, quiet);
      const growing = storage.grow(disk, { sizeMiB: 64, stage: 'backing', ...wiped }, quiet);
      await expect(growing).rejects.toMatchObject({ code: 'no_resources', details: { sizeMiB: 60 } });
      expect(await storage.list()).toEqual([listed(disk)]);
    });

    test('writing zeros instead of reserving ends the same way', async () => {
      const writing = writeZeros({ path: join(folder, 'disk'), bytes: 64 * mib });
      await expect(writing).rejects.toMatchObject({ code: 'no_resources' });
    });
  },
);

test('written zeros have the exact size and report progress', async () => {
  const path = join(folder, 'disk');
  const seen: number[] = [];
  await writeZeros({ path, bytes: 9 * mib, progress: (done) => seen.push(done) });
  expect((await stat(path)).size).toBe(9 * mib);
  expect(seen.at(-1)).toBe(1);
});

test('zeros that are added to a file leave what is in it', async () => {
  const path = join(folder, 'disk');
  await writeFile(path, 'data');
  await writeZeros({ path, keptBytes: 4, bytes: 5 * mib });
  const written = await readFile(path);
  expect(written.length).toBe(5 * mib);
  expect(written.subarray(0, 4).toString()).toBe('data');
  expect(written.subarray(4).every((byte) => byte === 0)).toBe(true);
});

test('a folder that does not exist is no lack of space', async () => {
  const reserving = reserveFile({ path: join(folder, 'none', 'disk'), bytes: mib });
  await expect(reserving).rejects.toMatchObject({ code: 'tool_failed' });
});
