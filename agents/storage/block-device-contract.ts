// What every disk template must do, as a test suite that runs against simulated and real drivers alike. What only mirrors do is in
// `mirror-contract.ts`.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { describeAdoption } from './adoption-contract';
import type { Storage } from './block-device';
import { listed, silent, type StorageFixture, type Suite } from './testing/storage-fixture';

const wiped = { wipe: true };
export function describeStorageContract(
  template: string,
  makeFixture: () => Promise<StorageFixture>,
  { timeoutMs = 30_000 }: { timeoutMs?: number } = {},
): void {
  describe(`the storage contract: ${template}`, { timeout: timeoutMs }, () => {
    const suite: Partial<Pick<Suite, 'fixture' | 'storage'>> = {};
    const open = (): Suite => {
      const { fixture, storage } = suite;
      if (!fixture || !storage) throw new Error('the fixture is not open');
      const newDisk = (sizeMiB = 8) => ({
        ...{ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB },
        spec: fixture.newSpec(),
      });
      const restart = async () => (suite.storage = await fixture.createDriver());
      return { fixture, storage, newDisk, restart };
    };
    beforeAll(async () => {
      suite.fixture = await makeFixture();
      suite.storage = await suite.fixture.createDriver();
    });
    afterAll(() => suite.fixture?.close());
    describeLadder(open);
    describeGrowth(open);
    describeGiving(open);
    describeAdoption(open);
    describeRefusals(open);
  });
}

async function expectZeros({ fixture }: Suite, path: string, offset = 0): Promise<void> {
  const bytes = await fixture.readBytes?.(path, 4_096, offset);
  expect(bytes?.every((byte) => byte === 0) ?? true).toBe(true);
}

/** A side of a mirror that never was in step cannot be opened alone: the mirror contract opens those. */
async function openUnlessMirrored(storage: Storage, disk: NodeDisk): Promise<void> {
  if (!storage.mirror) await storage.open(disk);
}

function describeLadder(open: () => Suite): void {
  it('creates a disk that reads as zeros, can be listed, and is gone after its removal', async () => {
    const suite = open();
    const { storage } = suite;
    const disk = suite.newDisk();
    await storage.create(disk, wiped, silent);
    expect(await storage.list()).toEqual([listed(disk)]);
    const { path } = await storage.assemble(disk);
    expect(path.startsWith('/')).toBe(true);
    await openUnlessMirrored(storage, disk);
    await expectZeros(suite, path);
    await storage.close(disk);
    await storage.shutdown(disk);
    await storage.remove(disk);
    expect(await storage.list()).toEqual([]);
  });

  it('repeats every verb without harm', async () => {
    const { storage, newDisk } = open();
    const disk = newDisk();
    await storage.create(disk, wiped, silent);
    await storage.create(disk, wiped, silent);
    const first = await storage.assemble(disk);
    expect(await storage.assemble(disk)).toEqual(first);
    await openUnlessMirrored(storage, disk);
    await openUnlessMirrored(storage, disk);
    await storage.close(disk);
    await storage.close(disk);
    await storage.shutdown(disk);
    await storage.shutdown(disk);
    await storage.close(disk);
    await storage.remove(disk);
    await storage.remove(disk);
    await storage.close(disk);
    await storage.shutdown(disk);
    expect(await storage.list()).toEqual([]);
  });

  it('closes and shuts down what it removes', async () => {
    const { storage, newDisk } = open();
    const disk = newDisk();
    await storage.create(disk, wiped, silent);
    await storage.assemble(disk);
    await openUnlessMirrored(storage, disk);
    await storage.remove(disk);
    expect(await storage.list()).toEqual([]);
  });

  it('knows its disks again after an agent restart', async () => {
    const { storage: first, newDisk, restart } = open();
    const disk = newDisk();
    await first.create(disk, wiped, silent);
    const storage = await restart();
    expect(await storage.list()).toEqual([listed(disk)]);
    await storage.assemble(disk);
    await storage.remove(disk);
  });

  it('completes a creation that was cut off half-way', async () => {
    const { fixture, storage, newDisk } = open();
    if (!fixture.leaveHalfDone) return;
    const disk = newDisk();
    await fixture.leaveHalfDone(disk);
    await storage.create(disk, wiped, silent);
    expect(await storage.list()).toEqual([listed(disk)]);
    await storage.remove(disk);
    expect(await storage.list()).toEqual([]);
  });
}

function describeGrowth(open: () => Suite): void {
  it('grows what lies below a disk, and only after it was asked whether that fits', async () => {
    const suite = open();
    const { storage } = suite;
    const disk = suite.newDisk();
    await storage.create(disk, wiped, silent);
    await storage.grow(disk, { sizeMiB: 16, stage: 'check', ...wiped }, silent);
    expect(await storage.list()).toEqual([listed(disk)]);
    for (let time = 0; time < 2; time += 1)
      await storage.grow(disk, { sizeMiB: 16, stage: 'backing', ...wiped }, silent);
    const grown = { ...disk, sizeMiB: 16 };
    expect(await storage.list()).toEqual([listed(grown)]);
    if (!storage.mirror) {
      await storage.grow(disk, { sizeMiB: 16, stage: 'device', ...wiped }, silent);
      const { path } = await storage.assemble(grown);
      await storage.open(grown);
      await expectZeros(suite, path, 12 * 1024 * 1024);
    }
    await storage.remove(grown);
    expect(await storage.list()).toEqual([]);
  });

  it('does not grow beyond what there is, and leaves the disk as it was', async () => {
    const { storage, newDisk } = open();
    const disk = newDisk();
    await storage.create(disk, wiped, silent);
    const sizeMiB = (await wholeMiB(storage)) + 1_024;
    for (const stage of ['check', 'backing'] as const)
      await expect(storage.grow(disk, { sizeMiB, stage, ...wiped }, silent)).rejects.toMatchObject({
        code: 'no_resources',
      });
    expect(await storage.list()).toEqual([listed(disk)]);
    await storage.remove(disk);
  });
}

function describeGiving(open: () => Suite): void {
  it('becomes the disk of another instance with what is on it, and of the first one again', async () => {
    const { fixture, storage, newDisk } = open();
    const disk = newDisk();
    const given = { ...disk, instanceId: randomUUID() };
    await storage.create(disk, wiped, silent);
    const read = async (owned: NodeDisk) => {
      const { path } = await storage.assemble(owned);
      await openUnlessMirrored(storage, owned);
      const bytes = await fixture.readBytes?.(path, 4_096);
      await storage.close(owned);
      return bytes?.subarray(0, 5).toString() ?? 'taken';
    };
    const { path } = await storage.assemble(disk);
    await openUnlessMirrored(storage, disk);
    await fixture.write?.(path, 'taken');
    await storage.close(disk);
    for (const _ of [1, 2]) await storage.give(disk, given.instanceId);
    expect(await storage.list()).toEqual([listed(given)]);
    expect(await read(given)).toBe('taken');
    await storage.shutdown(given);
    for (const _ of [1, 2]) await storage.give(given, disk.instanceId);
    expect(await storage.list()).toEqual([listed(disk)]);
    expect(await read(disk)).toBe('taken');
    await storage.remove(disk);
    expect(await storage.list()).toEqual([]);
  });

  it('completes a giving that was cut off half-way, forward and back', async () => {
    const { fixture, storage, newDisk } = open();
    if (!fixture.leaveHalfGiven) return;
    for (const toOther of [true, false]) {
      const disk = newDisk();
      const given = { ...disk, instanceId: randomUUID() };
      await storage.create(disk, { wipe: false }, silent);
      await fixture.leaveHalfGiven(disk, given.instanceId);
      if (toOther) await storage.give(disk, given.instanceId);
      else await storage.give(given, disk.instanceId);
      const owned = toOther ? given : disk;
      expect(await storage.list()).toEqual([listed(owned)]);
      await storage.remove(owned);
      expect(await storage.list()).toEqual([]);
    }
  });
}

function describeRefusals(open: () => Suite): void {
  it('refuses a disk that does not fit, with the numbers, and leaves nothing behind', async () => {
    const { storage, newDisk } = open();
    const disk = newDisk((await wholeMiB(storage)) + 1_024);
    await expect(storage.create(disk, wiped, silent)).rejects.toMatchObject({
      code: 'no_resources',
      details: expect.objectContaining({ freeMiB: expect.any(Number) }),
    });
    expect(await storage.list()).toEqual([]);
  });

  it('does not assemble, grow or give away a disk that does not exist', async () => {
    const { storage, newDisk } = open();
    const disk = newDisk();
    await expect(storage.assemble(disk)).rejects.toMatchObject({ code: 'not_found' });
    const growing = storage.grow(disk, { sizeMiB: 16, stage: 'backing', ...wiped }, silent);
    await expect(growing).rejects.toMatchObject({ code: 'not_found' });
    await expect(storage.give(disk, randomUUID())).rejects.toMatchObject({ code: 'not_found' });
  });

  it('tells how much there is', async () => {
    const { storage } = open();
    const pools = await storage.pools();
    expect(pools.length).toBeGreaterThan(0);
    for (const { name, totalMiB, freeMiB } of pools) {
      expect(name).not.toBe('');
      expect(totalMiB).toBeGreaterThan(0);
      expect(freeMiB).toBeGreaterThanOrEqual(0);
      expect(freeMiB).toBeLessThanOrEqual(totalMiB);
    }
  });
}

async function wholeMiB(storage: Storage): Promise<number> {
  return Math.max(...(await storage.pools()).map(({ totalMiB }) => totalMiB));
}
