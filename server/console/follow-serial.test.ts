import { type Duplex, duplexPair } from 'node:stream';
import { expect, it } from 'vitest';
import { followSerial } from './follow-serial';

type Line = { near: Duplex; far: Duplex };

function makeLine(history = ''): Line {
  const [near, far] = duplexPair();
  if (history !== '') far.write(history);
  return { near, far };
}

/** A viewer of a line that moves through the given ones, then ends. */
function watch(lines: Line[]) {
  const [first, ...later] = lines;
  if (!first) throw new Error('no line');
  const reopened = later.map(({ near }) => near);
  const viewer = followSerial(first.near, async () => reopened.shift() ?? null);
  let text = '';
  const changed = new Set<() => void>();
  viewer.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    changed.forEach((look) => look());
  });
  const until = (wanted: string) =>
    new Promise<void>((resolve) => {
      const look = () => text.includes(wanted) && resolve();
      changed.add(look);
      look();
    });
  return { viewer, until, text: () => text, ended: new Promise((resolve) => viewer.once('end', resolve)) };
}

it('shows each byte once when the instance has moved, whatever the other node tells of its past', async () => {
  const [source, target] = [makeLine('boot\nlogin: '), makeLine('boot\nlogin: tick 1\ntick 2\n')];
  const seen = watch([source, target]);
  await seen.until('login: ');
  source.far.write('tick 1\n');
  await seen.until('tick 1');
  source.far.end();
  await seen.until('tick 2');
  target.far.write('tick 3\n');
  await seen.until('tick 3');
  expect(seen.text()).toBe('boot\nlogin: tick 1\ntick 2\ntick 3\n');
});

it('finds its place also where the history arrives in pieces', async () => {
  const [source, target] = [makeLine('one two three'), makeLine('one t')];
  const seen = watch([source, target]);
  await seen.until('three');
  source.far.end();
  target.far.write('wo thr');
  target.far.write('ee four');
  await seen.until('four');
  expect(seen.text()).toBe('one two three four');
});

it('keeps what is typed while the instance moves, and types it there', async () => {
  const [source, target] = [makeLine('$ '), makeLine('$ ')];
  let arrive = (_: Duplex) => {};
  const viewer = followSerial(source.near, () => new Promise((resolve) => (arrive = resolve)));
  const ended = new Promise((resolve) => source.near.once('close', resolve));
  viewer.resume();
  source.far.end();
  source.far.resume();
  source.near.destroy();
  await ended;
  viewer.write('ls\n');
  arrive(target.near);
  const [typed] = await new Promise<Buffer[]>((resolve) =>
    target.far.once('data', (chunk: Buffer) => resolve([chunk])),
  );
  expect(typed?.toString()).toBe('ls\n');
});

it('ends where the instance has ended', async () => {
  const source = makeLine('bye');
  const seen = watch([source]);
  await seen.until('bye');
  source.far.end();
  await seen.ended;
  expect(seen.text()).toBe('bye');
});
