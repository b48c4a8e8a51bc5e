// Mends a race: an answer that was read before a change, yet arrives after it, would hide the change. Such an answer is fetched once more.
import { hashKey, type Query, type QueryClient, type QueryKey } from '@tanstack/react-query';
import type { Change } from '@/contract/events';
import { keys } from './keys';

/** When a page brings its data along, it was read at most this long ago. */
const longestRenderMs = 3_000;
const keptMs = 30_000;

export type RecentChanges = { note: (change: Change) => void; stop: () => void };

export function watchRaces(
  cache: QueryClient,
  { onStale, now = Date.now }: { onStale: (queryKey: QueryKey) => void; now?: () => number },
): RecentChanges {
  /** When each resource, and each kind of them, changed last. */
  const changedAtMs = new Map<string, number>();
  const askedAtMs = new Map<string, number>();

  const check = (query: Query, readAtMs: number) => {
    const subject = subjectOf(query.queryKey);
    if (subject && (changedAtMs.get(subject) ?? 0) > readAtMs) onStale(query.queryKey);
  };
  const stop = cache.getQueryCache().subscribe((event) => {
    const { query } = event;
    if (event.type === 'removed') askedAtMs.delete(query.queryHash);
    if (event.type === 'added' && query.state.data !== undefined) check(query, now() - longestRenderMs);
    if (event.type !== 'updated') return;
    if (event.action.type === 'fetch') askedAtMs.set(query.queryHash, now());
    if (event.action.type === 'setState') check(query, now() - longestRenderMs);
    if (event.action.type === 'success' && event.action.manual !== true)
      check(query, askedAtMs.get(query.queryHash) ?? now());
  });

  return {
    note({ kind, id }) {
      const atMs = now();
      for (const [subject, changedMs] of changedAtMs)
        if (changedMs < atMs - keptMs) changedAtMs.delete(subject);
      changedAtMs.set(`${kind} ${id}`, atMs);
      changedAtMs.set(kind, atMs);
    },
    stop,
  };
}

/** What a query depends on: one resource, or all of a kind. */
function subjectOf(queryKey: QueryKey): string | null {
  const [resource, part, id] = queryKey;
  if (part === 'detail') return `${String(resource)} ${String(id)}`;
  if (part === 'list') return String(resource);
  return hashKey(queryKey) === hashKey(keys.jobLog(String(id))) ? `job-log ${String(id)}` : null;
}
