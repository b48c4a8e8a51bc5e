import { QueryClient, type QueryKey } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change } from '@/contract/events';
import { keys } from './keys';
import { type RecentChanges, watchRaces } from './recent-changes';

const gone = (id: string): Change => ({ kind: 'instance', id, data: null });

describe('watchRaces', () => {
  let cache: QueryClient;
  let stale: QueryKey[];
  let nowMs: number;
  let recent: RecentChanges;
  beforeEach(() => {
    cache = new QueryClient();
    stale = [];
    nowMs = 100_000;
    recent = watchRaces(cache, { onStale: (queryKey) => stale.push(queryKey), now: () => nowMs });
  });
  afterEach(() => recent.stop());

  const fetchDuring = async (queryKey: QueryKey, happens: () => void) => {
    let answer: (data: string) => void = () => {};
    const asked = cache.fetchQuery({
      queryKey,
      queryFn: () => new Promise<string>((resolve) => (answer = resolve)),
    });
    nowMs += 10;
    happens();
    nowMs += 10;
    answer('data');
    await asked;
  };

  it('fetches again what changed while it was being fetched', async () => {
    await fetchDuring(keys.detail('instance', '1'), () => recent.note(gone('1')));
    await fetchDuring(keys.list('instance'), () => recent.note(gone('2')));
    expect(stale).toEqual([keys.detail('instance', '1'), keys.list('instance')]);
  });

  it('trusts an answer that was asked for after the change', async () => {
    recent.note(gone('1'));
    nowMs += 1;
    await fetchDuring(keys.detail('instance', '1'), () => recent.note(gone('2')));
    await fetchDuring(keys.list('node'), () => recent.note(gone('2')));
    expect(stale).toEqual([]);
  });

  it('doubts what a page brought along when a change came while it was rendered', () => {
    recent.note(gone('1'));
    nowMs += 500;
    cache.getQueryCache().build(
      cache,
      { queryKey: keys.detail('instance', '1') },
      {
        ...cache.getQueryCache().build(cache, { queryKey: ['empty'] }).state,
        data: 'brought along',
        status: 'success',
      },
    );
    expect(stale).toEqual([keys.detail('instance', '1')]);
  });

  it('leaves alone what live changes wrote', () => {
    cache.setQueryData(keys.detail('instance', '1'), 'old');
    recent.note(gone('1'));
    cache.setQueryData(keys.detail('instance', '1'), 'new');
    expect(stale).toEqual([]);
  });
});
