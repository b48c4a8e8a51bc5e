import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDrbdEvents } from './events';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'events-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A stand-in for `drbdsetup events2` that says what is there, and each line of the file as news. */
const eventsOf = (file: string) =>
  createDrbdEvents([
    'sh',
    '-c',
    `echo 'exists resource name:disk-1 role:Primary'; echo 'exists -'; touch ${file}; exec tail -n +1 -f ${file}`,
  ]);

test('news are told to all who listen, what was there before is not', async () => {
  const file = join(folder, 'news');
  const events = eventsOf(file);
  const told = { first: 0, second: 0 };
  let resolve = () => {};
  const heard = new Promise<void>((done) => (resolve = done));
  const count = (who: 'first' | 'second') => () => {
    told[who]++;
    if (told.first > 0 && told.second > 0) resolve();
  };
  const ends = [events.listen(count('first')), events.listen(count('second'))];
  expect(told).toEqual({ first: 0, second: 0 });
  await writeFile(file, 'change resource name:disk-1 role:Secondary\n');
  await heard;
  for (const end of ends) end();
});

test('a program that ends is started again, and those who listen are told, as they may have missed something', async () => {
  const events = createDrbdEvents(['sh', '-c', "echo 'exists -'"]);
  let end = () => {};
  await new Promise<void>((told) => (end = events.listen(told)));
  end();
});
