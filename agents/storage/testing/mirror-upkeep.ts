// What is done to a mirror in its life: restarts of the agent, new volumes, growth, snapshots.
import { expect, it } from 'vitest';
import { isApart, isInStep, removeBoth, wrongState, type Suite } from './mirror-ends';

export function describeUpkeep(open: () => Suite): void {
  it('is found as it was after an agent restart, and comes back after it was down on both sides', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('kept');
    await a.side.restart();
    await b.side.restart();
    await a.until(isInStep);
    expect(await a.look()).toMatchObject({ role: 'primary', peerRole: 'secondary' });
    expect(await a.side.read(a.disk, 4)).toBe('kept');
    for (const { shutdown } of [a, b]) await shutdown();
    await a.side.restart();
    for (const { look } of [a, b]) expect(await look()).toMatchObject({ connection: 'down' });
    for (const { assemble } of [a, b]) await assemble();
    await b.until(isInStep);
    expect(await b.read(4)).toBe('kept');
    await removeBoth([a, b]);
  });

  it('fills new volumes from its peer, which is in use meanwhile', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('whole');
    await b.side.renew(b.disk);
    await b.until(isInStep);
    await a.until(isInStep);
    await a.close();
    expect(await b.read(5)).toBe('whole');
    await removeBoth([a, b]);
  });

  it('fills new volumes of the primary side, which goes on', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('whole');
    await a.side.renew(a.disk);
    expect(await a.until(isInStep)).toMatchObject({ role: 'primary' });
    expect(await a.side.read(a.disk, 5)).toBe('whole');
    await removeBoth([a, b]);
  });

  it('does not throw away the only data there is', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('whole');
    await b.shutdown();
    await a.until(isApart);
    await expect(a.side.renew(a.disk)).rejects.toEqual(wrongState);
    expect(await a.side.read(a.disk, 5)).toBe('whole');
    await removeBoth([a, b]);
  });
}

export function describeChanges(open: () => Suite): void {
  it('grows below on both sides, then as a device, in step again afterwards', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('small');
    const wish = { sizeMiB: 16, wipe: true } as const;
    for (const { side, disk } of [a, b]) await side.grow(disk, { ...wish, stage: 'check' });
    for (const { side, disk } of [a, b]) await side.grow(disk, { ...wish, stage: 'backing' });
    expect(await a.side.deviceMiB(a.disk)).toBe(8);
    await a.side.grow(a.disk, { ...wish, stage: 'device' });
    await a.side.grow(a.disk, { ...wish, stage: 'device' });
    await b.until(isInStep);
    for (const { side, disk } of [a, b]) expect(await side.deviceMiB(disk)).toBe(16);
    expect(await a.side.read(a.disk, 5)).toBe('small');
    await a.close();
    const grown = [a, b].map(({ side, disk }) => ({ ...disk, sizeMiB: 16, side }));
    for (const { side, ...disk } of grown) {
      await side.shutdown(disk);
      await side.create(disk, { wipe: true });
      await side.assemble(disk);
    }
    await a.until(isInStep);
    await removeBoth([a, b]);
  });

  it('keeps what it holds as a snapshot, which goes with it', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('then');
    const name = `${a.disk.diskId}.before`;
    const { volume } = await a.side.snapshot(a.disk, name);
    expect(volume).toContain(name);
    expect(await a.side.snapshot(a.disk, name)).toEqual({ volume });
    await a.side.write(a.disk, 'now!');
    await a.until(isInStep);
    await removeBoth([a, b]);
  });

  it('tells of every disk it is asked for, in their order', async () => {
    const suite = open();
    const [a, b] = await suite.make();
    const [c, d] = await suite.make();
    await c.assemble();
    const statuses = await a.side.status([a.disk, c.disk]);
    expect(statuses).toMatchObject([
      { diskId: a.disk.diskId, connection: 'down' },
      { diskId: c.disk.diskId, connection: 'connecting' },
    ]);
    expect(await a.side.status([])).toEqual([]);
    await removeBoth([a, b, c, d]);
  });
}
