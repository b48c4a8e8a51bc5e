// What the sides of a mirror do while they do not see each other, and when they meet again.
import { expect, it } from 'vitest';
import { isApart, isInStep, removeBoth, untilSplit, wrongState, type End, type Suite } from './mirror-ends';

/** Both sides were written while they were apart. */
async function splitBrain(suite: Suite): Promise<[End, End]> {
  const [a, b] = await suite.makeInStep();
  for (const { connect } of [a, b]) await connect('none');
  for (const [end, text] of [
    [a, 'mine!'],
    [b, 'yours'],
  ] as const) {
    await end.write(text);
    await end.close();
  }
  for (const { connect } of [a, b]) await connect('usual');
  await untilSplit(suite, [a, b]);
  return [a, b];
}

export function describePartings(open: () => Suite): void {
  it('goes on alone where it is disconnected, and its peer catches up afterwards', async () => {
    const [a, b] = await open().makeInStep();
    await a.write('early');
    await a.connect('none');
    await a.connect('none');
    expect(await a.look()).toMatchObject({
      connection: 'standAlone',
      role: 'primary',
      diskState: 'upToDate',
    });
    await b.until(isApart);
    await a.side.write(a.disk, 'later');
    await a.connect('usual');
    expect(await b.until(isInStep)).toMatchObject({ splitBrain: false });
    await a.close();
    expect(await b.read(5)).toBe('later');
    await removeBoth([a, b]);
  });

  it('goes on where its peer is shut down, and the peer catches up when it is back', async () => {
    const [a, b] = await open().makeInStep();
    await a.open();
    await b.shutdown();
    await b.shutdown();
    expect(await b.look()).toMatchObject({ connection: 'down' });
    await a.until(isApart);
    await a.side.write(a.disk, 'away');
    await b.assemble();
    await b.until(isInStep);
    await a.close();
    expect(await b.read(4)).toBe('away');
    await removeBoth([a, b]);
  });

  it('lets no side that lacks something be used, until it has it', async () => {
    const [a, b] = await open().makeInStep();
    await a.side.pauseSync(a.disk, true);
    await b.shutdown();
    await a.write('new');
    await b.assemble();
    expect(await b.until(({ sync }) => sync === 'paused')).toMatchObject({ diskState: 'inconsistent' });
    await a.connect('none');
    await b.until(isApart);
    await expect(b.open()).rejects.toEqual(wrongState);
    await a.side.pauseSync(a.disk, false);
    await a.connect('usual');
    await b.until(isInStep);
    await removeBoth([a, b]);
  });

  it('keeps both sides of a split brain apart until one is thrown away', async () => {
    const suite = open();
    const [a, b] = await splitBrain(suite);
    for (const { connect } of [a, b]) await connect('usual');
    await untilSplit(suite, [a, b]);
    for (const { connect } of [a, b]) await connect('none');
    expect(await a.read(5)).toBe('mine!');
    expect(await b.read(5)).toBe('yours');
    await removeBoth([a, b]);
  });

  it('has what the other side wrote once its own newer writes were thrown away', async () => {
    const [a, b] = await splitBrain(open());
    await a.open();
    await b.connect('discardLocal');
    await a.connect('usual');
    expect(await b.until(isInStep)).toMatchObject({ splitBrain: false });
    expect(await a.look()).toMatchObject({ splitBrain: false, role: 'primary' });
    await a.close();
    expect(await b.read(5)).toBe('mine!');
    await removeBoth([a, b]);
  });
}
