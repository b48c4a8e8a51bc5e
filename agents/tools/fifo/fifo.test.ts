import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { drainFifo, makeFifo } from './fifo';

let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-fifo-'));
  path = join(folder, 'fifo');
  await makeFifo(path);
});

afterEach(() => rm(folder, { recursive: true }));

it('hands over all that comes, one piece after another', async () => {
  const sent = Buffer.from(Array.from({ length: 1_000_000 }, (_, at) => at % 251));
  const got: Buffer[] = [];
  let busy = 0;
  const reader = await drainFifo(path, async (piece) => {
    expect((busy += 1)).toBe(1);
    got.push(Buffer.from(piece));
    await new Promise(setImmediate);
    busy -= 1;
  });
  const writer = await open(path, 'w');
  await writer.writeFile(sent);
  await writer.close();
  await expect.poll(() => Buffer.concat(got).length).toBe(sent.length);
  expect(Buffer.concat(got).equals(sent)).toBe(true);
  reader.destroy();
});

it('reads nothing any more when a piece could not be taken', async () => {
  const got: string[] = [];
  const reader = await drainFifo(path, async (piece) => {
    got.push(String(piece));
    throw new Error('nobody takes it');
  });
  const closed = once(reader, 'close');
  const writer = await open(path, 'w');
  await writer.write('first');
  await closed;
  await expect(writer.write('second')).rejects.toMatchObject({ code: 'EPIPE' });
  await writer.close();
  expect(got).toEqual(['first']);
});
