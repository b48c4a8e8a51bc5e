// A disk in the hands of a test: each of its two sides, bound to the disk as that side knows it.
import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { MirrorStatus, NodeDisk } from '@/contract/schemas/disk';
import type { Mirror } from '../block-device';
import type { MirrorFixture, MirrorSide } from './mirror-fixture';

/** How often a fixture may wait until something happens. */
const patience = 600;

/** One end of a disk that a test works with: a side, bound to the disk as that side knows it. */
function bind(side: MirrorSide, disk: NodeDisk, wait: () => Promise<void>) {
  const look = async (): Promise<MirrorStatus> => {
    const [status] = await side.status([disk]);
    if (!status) throw new Error('the driver answered no status');
    return status;
  };
  return {
    side,
    disk,
    look,
    assemble: () => side.assemble(disk),
    open: () => side.open(disk),
    close: () => side.close(disk),
    shutdown: () => side.shutdown(disk),
    remove: () => side.remove(disk),
    connect: (wish: Parameters<Mirror['connect']>[1]) => side.connect(disk, wish),
    /** As a guest that starts, writes and ends. */
    write: async (text: string) => {
      await side.open(disk);
      await side.write(disk, text);
    },
    read: async (length: number) => {
      await side.open(disk);
      const text = await side.read(disk, length);
      await side.close(disk);
      return text;
    },
    /** Resolves with the status when it is so. */
    until: async (isSo: (status: MirrorStatus) => boolean) => {
      let status = await look();
      for (let time = 0; !isSo(status); time += 1) {
        if (time === patience) throw new Error(`waited in vain; it is ${JSON.stringify(status)}`);
        await wait();
        status = await look();
      }
      return status;
    },
  };
}

export type End = ReturnType<typeof bind>;

export const isInStep = (status: MirrorStatus) =>
  status.connection === 'connected' &&
  status.diskState === 'upToDate' &&
  status.peerDiskState === 'upToDate' &&
  status.sync === 'none';
export const isConnected = (status: MirrorStatus) => status.connection === 'connected';
export const isApart = (status: MirrorStatus) => status.connection !== 'connected';
export const wrongState = expect.objectContaining({ code: 'wrong_state' });

export type Suite = {
  fixture: MirrorFixture;
  /** A disk that both sides have made, and nothing else. */
  make(sizeMiB?: number): Promise<[End, End]>;
  /** The same, up and connected. */
  makeConnected(): Promise<[End, End]>;
  /** The same, in step without a synchronisation. */
  makeInStep(): Promise<[End, End]>;
};

export function suiteOf(fixture: MirrorFixture): Suite {
  const make = async (sizeMiB = 8): Promise<[End, End]> => {
    const ids = { instanceId: randomUUID(), diskId: randomUUID(), sizeMiB };
    const [disk, other] = await fixture.newPair(ids);
    const [side, otherSide] = fixture.sides;
    await side.create(disk, { wipe: true });
    await otherSide.create(other, { wipe: true });
    return [bind(side, disk, fixture.wait), bind(otherSide, other, fixture.wait)];
  };
  const makeConnected = async () => {
    const [a, b] = await make();
    await a.assemble();
    await b.assemble();
    await a.until(isConnected);
    await b.until(isConnected);
    return [a, b] satisfies [End, End];
  };
  const makeInStep = async () => {
    const [a, b] = await makeConnected();
    await a.side.markInSync(a.disk);
    await a.until(isInStep);
    await b.until(isInStep);
    return [a, b] satisfies [End, End];
  };
  return { fixture, make, makeConnected, makeInStep };
}

export async function removeBoth(ends: readonly End[]): Promise<void> {
  for (const { remove, side, disk } of ends) {
    await remove();
    await remove();
    expect(await side.leftovers(disk)).toEqual([]);
    expect((await side.list()).map(({ diskId }) => diskId)).not.toContain(disk.diskId);
  }
}

/** One side at least notices, and then waits for its peer no more. */
export async function untilSplit({ fixture }: Suite, ends: readonly End[]): Promise<void> {
  for (let time = 0; time < patience; time += 1) {
    const statuses = await Promise.all(ends.map(({ look }) => look()));
    expect(statuses).not.toContainEqual(expect.objectContaining({ connection: 'connected' }));
    if (statuses.some((status) => status.connection === 'standAlone' && status.splitBrain)) return;
    await fixture.wait();
  }
  throw new Error('waited in vain for a split brain');
}
