// For pages: answers queries on the server, through use cases, so that the first paint has its data and the browser asks nothing twice.
import { dehydrate, HydrationBoundary, type QueryKey } from '@tanstack/react-query';
import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { AppError } from '@/contract/errors';
import { makeQueryClient } from './query-client';

type Prefetch = { queryKey: QueryKey; load: () => Promise<unknown> };

/** Pairs a query with the use case that answers it; the types of both must agree. */
export function prefetch<T>(
  query: { queryKey: QueryKey; queryFn?: ((...args: never[]) => T | Promise<T>) | symbol },
  load: () => Promise<NoInfer<T>>,
): Prefetch {
  return { queryKey: query.queryKey, load };
}

/** What does not exist becomes the not-found page; any other refusal becomes the error page. */
export async function Prefetched({ queries, children }: { queries: Prefetch[]; children: ReactNode }) {
  const cache = makeQueryClient();
  await Promise.all(
    queries.map(async ({ queryKey, load }) => {
      try {
        cache.setQueryData(queryKey, await load());
      } catch (error) {
        if (error instanceof AppError && (error.code === 'not_found' || error.code === 'forbidden'))
          notFound();
        throw error;
      }
    }),
  );
  return <HydrationBoundary state={dehydrate(cache)}>{children}</HydrationBoundary>;
}
