// What every way to copy disks must do: run against the real tools and the simulated ones alike.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DiskDoor } from '@/contract/agent-disk-calls';
import type { CopyReport, DiskCopy } from './disk-copy';

export type CopyFixture = {
  source: DiskCopy;
  target: DiskCopy;
  address: string;
  /** Makes a disk of that size on both nodes: at the source with something in it, at the target with something else. */
  makeDisk(wish: {
    diskId: string;
    sourceMiB: number;
    targetMiB: number;
  }): Promise<{ from: string; to: string }>;
  /** Whether both hold the same now. */
  isEqual(disk: { diskId: string; from: string; to: string }): Promise<boolean>;
  /** Programs and files of copies that are there now. */
  held(): Promise<string[]>;
  close(): Promise<void>;
};

const quiet: CopyReport = { progress: () => {} };

type Disk = { diskId: string; from: string; to: string };
type Suite = {
  fixture: CopyFixture;
  make(sizes?: { sourceMiB?: number; targetMiB?: number }): Promise<Disk>;
  receive(disk: Disk): Promise<DiskDoor>;
};

export function describeDiskCopyContract(kind: string, makeFixture: () => Promise<CopyFixture>): void {
  describe(`the contract of copying disks: ${kind}`, { timeout: 60_000 }, () => {
    let opened: CopyFixture | undefined;
    const open = (): Suite => {
      const fixture = opened;
      if (!fixture) throw new Error('the fixture is not open');
      return {
        fixture,
        make: async (sizes) => {
          const diskId = randomUUID();
          const wish = { diskId, sourceMiB: 8, targetMiB: 8, ...sizes };
          return { diskId, ...(await fixture.makeDisk(wish)) };
        },
        receive: ({ diskId, to }) => fixture.target.receive({ diskId, path: to, address: fixture.address }),
      };
    };
    beforeAll(async () => {
      opened = await makeFixture();
    });
    afterAll(() => opened?.close());
    describeCopying(open);
    describeBreakingOff(open);
  });
}

function describeCopying(open: () => Suite): void {
  it('brings all bytes over, tells how far it is, and leaves nothing behind', async () => {
    const { fixture, make, receive } = open();
    const { source, target } = fixture;
    const disk = await make();
    const { diskId, from, to } = disk;
    expect(await fixture.isEqual(disk)).toBe(false);
    const door = await receive(disk);
    expect(door).toMatchObject({ host: fixture.address, sizeBytes: 8 * 1024 * 1024 });
    const told: number[] = [];
    await source.send({ diskId, path: from, door }, { progress: (done) => told.push(done) });
    await target.settle({ diskId, path: to });
    expect(await fixture.isEqual(disk)).toBe(true);
    expect(told.at(-1)).toBe(1);
    expect(told.toSorted((a, b) => a - b)).toEqual(told);
    expect(await fixture.held()).toEqual([]);
    await target.settle({ diskId, path: to });
  });

  it('refuses another size before the first byte', async () => {
    const { fixture, make, receive } = open();
    const disk = await make({ targetMiB: 12 });
    const door = await receive(disk);
    const sending = fixture.source.send({ diskId: disk.diskId, path: disk.from, door }, quiet);
    await expect(sending).rejects.toMatchObject({ code: 'wrong_state' });
    await fixture.target.end(disk.diskId);
    expect(await fixture.held()).toEqual([]);
  });

  it('lets nobody in without the key, and goes on waiting for who has it', async () => {
    const { fixture, make, receive } = open();
    const disk = await make();
    const { diskId, from, to } = disk;
    const door = await receive(disk);
    const wrong = { ...door, key: '0'.repeat(64) };
    const sending = fixture.source.send({ diskId, path: from, door: wrong }, quiet);
    await expect(sending).rejects.toMatchObject({ code: 'tool_failed' });
    expect(await fixture.isEqual(disk)).toBe(false);
    await fixture.source.send({ diskId, path: from, door }, quiet);
    await fixture.target.settle({ diskId, path: to });
    expect(await fixture.isEqual(disk)).toBe(true);
  });
}

function describeBreakingOff(open: () => Suite): void {
  it('lets one sender in, and no second one', async () => {
    const { fixture, make, receive } = open();
    const disk = await make();
    const { diskId, from, to } = disk;
    const door = await receive(disk);
    await fixture.source.send({ diskId, path: from, door }, quiet);
    await fixture.target.settle({ diskId, path: to });
    const again = fixture.source.send({ diskId, path: from, door }, quiet);
    await expect(again).rejects.toMatchObject({ code: 'tool_failed' });
    expect(await fixture.held()).toEqual([]);
  });

  it('starts over when it is asked again, and the former key is good for nothing', async () => {
    const { fixture, make, receive } = open();
    const disk = await make();
    const { diskId, from, to } = disk;
    const former = await receive(disk);
    const door = await receive(disk);
    const sending = fixture.source.send({ diskId, path: from, door: { ...door, key: former.key } }, quiet);
    await expect(sending).rejects.toMatchObject({ code: 'tool_failed' });
    await fixture.source.send({ diskId, path: from, door }, quiet);
    await fixture.target.settle({ diskId, path: to });
    expect(await fixture.isEqual(disk)).toBe(true);
  });

  it('is broken off by the signal, and by whoever ends it at the target', async () => {
    const { fixture, make, receive } = open();
    const disk = await make();
    const { diskId, from } = disk;
    const door = await receive(disk);
    const gone = { ...quiet, signal: AbortSignal.abort() };
    const sending = fixture.source.send({ diskId, path: from, door }, gone);
    await expect(sending).rejects.toMatchObject({ code: 'canceled' });
    await fixture.target.endAll();
    expect(await fixture.held()).toEqual([]);
    const late = fixture.source.send({ diskId, path: from, door }, quiet);
    await expect(late).rejects.toMatchObject({ code: 'tool_failed' });
    await fixture.target.end(diskId);
  });
}
