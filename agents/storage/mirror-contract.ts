// What every mirrored disk template must do, as a test suite over the two nodes of a pair: run against simulated and real drivers alike.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isConnected, isInStep, removeBoth, suiteOf, wrongState, type Suite } from './testing/mirror-ends';
import type { MirrorFixture } from './testing/mirror-fixture';
import { describePartings } from './testing/mirror-partings';
import { describeChanges, describeUpkeep } from './testing/mirror-upkeep';

export function describeMirrorContract(
  template: string,
  makeFixture: () => Promise<MirrorFixture>,
  { timeoutMs = 30_000 }: { timeoutMs?: number } = {},
): void {
  describe(`the mirror contract: ${template}`, { timeout: timeoutMs }, () => {
    let opened: MirrorFixture | undefined;
    const open = (): Suite => {
      if (!opened) throw new Error('the fixture is not open');
      return suiteOf(opened);
    };
    beforeAll(async () => {
      opened = await makeFixture();
    }, timeoutMs);
    afterAll(() => opened?.close(), timeoutMs);
    describeBeginnings(open);
    describeRoles(open);
    describePartings(open);
    describeUpkeep(open);
    describeChanges(open);
  });
}

function describeBeginnings(open: () => Suite): void {
  it('is down until it is assembled, then waits for its peer, and holds nothing that counts', async () => {
    const [a, b] = await open().make();
    expect(await a.look()).toMatchObject({ diskId: a.disk.diskId, connection: 'down', splitBrain: false });
    const { path } = await a.assemble();
    expect(path.startsWith('/')).toBe(true);
    expect(await a.assemble()).toEqual({ path });
    expect(await a.until(({ connection }) => connection === 'connecting')).toMatchObject({
      role: 'secondary',
      diskState: 'inconsistent',
      peerDiskState: 'unknown',
    });
    await b.assemble();
    expect(await a.until(isConnected)).toMatchObject({
      diskState: 'inconsistent',
      peerDiskState: 'inconsistent',
      sync: 'none',
    });
    await expect(a.open()).rejects.toEqual(wrongState);
    await removeBoth([a, b]);
  });

  it('is in step at once when both sides are declared equal', async () => {
    const [a, b] = await open().makeConnected();
    await a.side.markInSync(a.disk);
    await a.until(isInStep);
    expect(await b.until(isInStep)).toMatchObject({ role: 'secondary', outOfSyncKiB: 0, syncDone: null });
    await b.side.markInSync(b.disk);
    await a.write('written');
    await a.close();
    expect(await b.read(7)).toBe('written');
    await removeBoth([a, b]);
  });

  it('brings the other side in step with one that is declared right', async () => {
    const [a, b] = await open().makeConnected();
    await a.side.forcePrimary(a.disk);
    await a.side.forcePrimary(a.disk);
    expect(await a.look()).toMatchObject({ role: 'primary', diskState: 'upToDate' });
    await a.side.write(a.disk, 'right');
    expect(await b.until(isInStep)).toMatchObject({ role: 'secondary', peerRole: 'primary' });
    expect((await a.until(isInStep)).generations).toEqual([]);
    expect(await a.side.areConnected([a.disk])).toBe(true);
    await a.close();
    expect(await b.read(5)).toBe('right');
    for (const { side, disk } of [a, b]) await side.connect(disk, 'none');
    expect(await a.side.areConnected([a.disk])).toBe(false);
    const [mine, theirs] = [await a.look(), await b.look()];
    expect(mine.generations[0]).toMatch(/^[0-9A-F]{16}$/);
    expect(mine.generations[0]?.slice(0, 15)).toBe(theirs.generations[0]?.slice(0, 15));
    await removeBoth([a, b]);
  });

  it('lets a side be declared right before there is a peer, which gets everything when it comes', async () => {
    const [a, b] = await open().make();
    await a.assemble();
    await a.side.forcePrimary(a.disk);
    await a.side.write(a.disk, 'alone');
    await b.assemble();
    await b.until(isInStep);
    await a.close();
    expect(await b.read(5)).toBe('alone');
    await removeBoth([a, b]);
  });

  it('has nothing to declare without a peer', async () => {
    const [a, b] = await open().make();
    await expect(a.side.markInSync(a.disk)).rejects.toEqual(wrongState);
    await a.assemble();
    await expect(a.side.markInSync(a.disk)).rejects.toEqual(wrongState);
    await removeBoth([a, b]);
  });
}

function describeRoles(open: () => Suite): void {
  it('has one primary side at a time, and says so on both', async () => {
    const [a, b] = await open().makeInStep();
    await a.open();
    await a.open();
    expect(await b.until(({ peerRole }) => peerRole === 'primary')).toMatchObject({ role: 'secondary' });
    await expect(b.open()).rejects.toEqual(wrongState);
    await a.close();
    await a.close();
    await b.until(({ peerRole }) => peerRole === 'secondary');
    await b.open();
    expect(await b.look()).toMatchObject({ role: 'primary' });
    await removeBoth([a, b]);
  });

  it('has two on wish, each of which sees what the other one writes, and one again afterwards', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('first');
    for (const { connect } of [a, b]) await connect('none');
    for (const { connect } of [a, b]) await connect('twoPrimaries');
    await a.until(isInStep);
    await b.until(isInStep);
    await b.open();
    expect(await a.until(({ peerRole }) => peerRole === 'primary')).toMatchObject({ role: 'primary' });
    expect(await b.side.read(b.disk, 5)).toBe('first');
    await a.close();
    await b.side.write(b.disk, 'moved');
    for (const { connect } of [a, b]) await connect('none');
    for (const { connect } of [a, b]) await connect('usual');
    await a.until(isInStep);
    await expect(a.open()).rejects.toEqual(wrongState);
    await b.close();
    expect(await a.read(5)).toBe('moved');
    await removeBoth([a, b]);
  });
}
