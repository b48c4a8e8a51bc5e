// Gathers what went stale and fetches it again a little later, each key at most once in a while, however many changes arrive.
import { hashKey, type QueryClient, type QueryKey } from '@tanstack/react-query';

const firstDelayMs = 200;
const restMs = 2_000;

export function createRefetcher(cache: QueryClient) {
  const stale = new Map<string, QueryKey>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lastRunMs = 0;

  const run = () => {
    timer = undefined;
    lastRunMs = Date.now();
    const queryKeys = [...stale.values()];
    stale.clear();
    for (const queryKey of queryKeys) void cache.invalidateQueries({ queryKey }, { cancelRefetch: false });
  };

  return {
    add(queryKeys: readonly QueryKey[]) {
      for (const queryKey of queryKeys) stale.set(hashKey(queryKey), queryKey);
      if (stale.size === 0 || timer) return;
      const restedMs = Date.now() - lastRunMs;
      timer = setTimeout(run, Math.max(firstDelayMs, restMs - restedMs));
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
