import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createRefetcher } from './refetch-soon';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('fetches a key once however often it goes stale, and rests before the next time', () => {
  const cache = new QueryClient();
  cache.setQueryData(['job', 'list'], []);
  const invalidated: unknown[] = [];
  cache.getQueryCache().subscribe((event) => {
    if (event.type === 'updated' && event.action.type === 'invalidate') {
      invalidated.push(event.query.queryKey);
      // A refetch would make it fresh again.
      cache.setQueryData(['job', 'list'], []);
    }
  });
  const refetcher = createRefetcher(cache);
  for (let i = 0; i < 50; i++) refetcher.add([['job', 'list']]);
  expect(invalidated).toEqual([]);
  vi.advanceTimersByTime(250);
  expect(invalidated).toEqual([['job', 'list']]);
  refetcher.add([['job', 'list']]);
  vi.advanceTimersByTime(1_500);
  expect(invalidated).toHaveLength(1);
  vi.advanceTimersByTime(1_000);
  expect(invalidated).toHaveLength(2);
  refetcher.add([['job', 'list']]);
  refetcher.stop();
  vi.advanceTimersByTime(10_000);
  expect(invalidated).toHaveLength(2);
});
