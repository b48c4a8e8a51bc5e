import { expect, test } from 'vitest';
import { shareReads } from './share-reads';

/** Readings that end when they are told to. */
function slowly() {
  const begun: { end(answer: number): void; fail(why: Error): void }[] = [];
  const read = shareReads(() => new Promise<number>((end, fail) => begun.push({ end, fail })));
  return { begun, read };
}

test('who asks at the same time shares a reading, who asks while one is under way the next one', async () => {
  const { begun, read } = slowly();
  const together = [read(), read()];
  await expect.poll(() => begun.length).toBe(1);
  const later = [read(), read()];
  begun[0]?.end(1);
  expect(await Promise.all(together)).toEqual([1, 1]);
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.end(2);
  expect(await Promise.all(later)).toEqual([2, 2]);
  expect(begun).toHaveLength(2);
});

test('a reading that fails does so for those who share it alone', async () => {
  const { begun, read } = slowly();
  const first = read();
  await expect.poll(() => begun.length).toBe(1);
  const second = read();
  begun[0]?.fail(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await expect.poll(() => begun.length).toBe(2);
  begun[1]?.end(2);
  expect(await second).toBe(2);
});
