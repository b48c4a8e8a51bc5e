// What every disk template must do, as a test suite that runs against simulated and real drivers alike.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Report, Storage } from './block-device';

export type StorageFixture = {
  /** A new driver over the same state, as after an agent restart. */
  createDriver(): Promise<Storage>;
  /** The first bytes of an assembled disk; null where a disk has no bytes to read. */
  readBytes: ((path: string, bytes: number) => Promise<Buffer>) | null;
  /** Leaves what a creation leaves behind that was cut off half-way; null where that cannot happen. */
  leaveHalfDone: ((disk: { instanceId: string; diskId: string; sizeMiB: number }) => Promise<void>) | null;
  close(): Promise<void>;
};

const silent: Report = { log: () => {}, progress: () => {} };
const newDisk = (sizeMiB = 8) => ({ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB });

export function describeStorageContract(template: string, makeFixture: () => Promise<StorageFixture>): void {
  describe(`the storage contract: ${template}`, { timeout: 30_000 }, () => {
    let fixture: StorageFixture;
    let storage: Storage;
    beforeAll(async () => {
      fixture = await makeFixture();
      storage = await fixture.createDriver();
    });
    afterAll(() => fixture.close());

    it('creates a disk that reads as zeros, can be listed, and is gone after its removal', async () => {
      const disk = newDisk();
      await storage.create(disk, silent);
      expect(await storage.list()).toEqual([disk]);
      const { path } = await storage.assemble(disk);
      expect(path.startsWith('/')).toBe(true);
      const bytes = await fixture.readBytes?.(path, 4_096);
      expect(bytes?.every((byte) => byte === 0) ?? true).toBe(true);
      await storage.shutdown(disk);
      await storage.remove(disk);
      expect(await storage.list()).toEqual([]);
    });

    it('repeats every verb without harm', async () => {
      const disk = newDisk();
      await storage.create(disk, silent);
      await storage.create(disk, silent);
      const first = await storage.assemble(disk);
      expect(await storage.assemble(disk)).toEqual(first);
      await storage.shutdown(disk);
      await storage.shutdown(disk);
      await storage.remove(disk);
      await storage.remove(disk);
      await storage.shutdown(disk);
      expect(await storage.list()).toEqual([]);
    });

    it('refuses a disk that does not fit, with the numbers, and leaves nothing behind', async () => {
      const before = await storage.capacity();
      const disk = newDisk(before.totalMiB + 1_024);
      await expect(storage.create(disk, silent)).rejects.toMatchObject({
        code: 'no_resources',
        details: expect.objectContaining({ freeMiB: expect.any(Number) }),
      });
      expect(await storage.list()).toEqual([]);
    });

    it('knows its disks again after an agent restart', async () => {
      const disk = newDisk();
      await storage.create(disk, silent);
      storage = await fixture.createDriver();
      expect(await storage.list()).toEqual([disk]);
      await storage.assemble(disk);
      await storage.remove(disk);
    });

    it('does not assemble a disk that does not exist', async () => {
      await expect(storage.assemble(newDisk())).rejects.toMatchObject({ code: 'not_found' });
    });

    it('completes a creation that was cut off half-way', async () => {
      if (!fixture.leaveHalfDone) return;
      const disk = newDisk();
      await fixture.leaveHalfDone(disk);
      await storage.create(disk, silent);
      expect(await storage.list()).toEqual([disk]);
      await storage.remove(disk);
      expect(await storage.list()).toEqual([]);
    });

    it('tells how much there is', async () => {
      const { totalMiB, freeMiB } = await storage.capacity();
      expect(totalMiB).toBeGreaterThan(0);
      expect(freeMiB).toBeGreaterThanOrEqual(0);
      expect(freeMiB).toBeLessThanOrEqual(totalMiB);
    });
  });
}
