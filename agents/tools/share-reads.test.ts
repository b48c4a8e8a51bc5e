import { expect, test } from 'vitest';
import { shareReads } from './share-reads';

/** Readings that end when they are told to. */
function slowly() {
  const begun: { end(answer: number): void; fail(why: Error): void }[] = [];
  const read = shareReads(() => new Promise<number>((end, fail) => begun.push({ end, fail })));
  return { begun, read };
}

test('who asks while a reading is under way gets the next one, together with all others who do', async () => {
  const { begun, read } = slowly();
  const [first, second, third] = [read(), read(), read()];
  expect(begun).toHaveLength(1);
  begun[0]?.end(1);
  expect(await first).toBe(1);
  await expect.poll(() => begun.length).toBe(2);
  const fourth = read();
  begun[1]?.end(2);
  expect(await Promise.all([second, third])).toEqual([2, 2]);
  await expect.poll(() => begun.length).toBe(3);
  begun[2]?.end(3);
  expect(await fourth).toBe(3);
});

test('a reading that fails does so for those who share it alone', async () => {
  const { begun, read } = slowly();
  const [first, second] = [read(), read()];
  begun[0]?.fail(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.end(2);
  expect(await second).toBe(2);
  const third = read();
  begun[2]?.end(3);
  expect(await third).toBe(3);
});
