// The query cache. Live events keep it fresh, so nothing goes stale by time and nothing is polled.
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { AppError } from '@/contract/errors';

export type QueryClientEvents = {
  /** A mutation failed that no form or dialog shows by itself (`meta: { shownInline: true }`). */
  onMutationError: (error: Error) => void;
  onSignedOut: () => void;
};

const nobody: QueryClientEvents = { onMutationError: () => {}, onSignedOut: () => {} };

export function makeQueryClient({ onMutationError, onSignedOut }: QueryClientEvents = nobody): QueryClient {
  return new QueryClient({
    queryCache: new QueryCache({ onError: (error) => isSignedOut(error) && onSignedOut() }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _result, mutation) => {
        if (isSignedOut(error)) return onSignedOut();
        if (mutation.meta?.shownInline !== true) onMutationError(error);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        retry: (failures, error) => failures < 3 && isPassing(error),
        retryDelay: (failures) => Math.min(500 * 2 ** failures, 4_000),
      },
    },
  });
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unauthenticated';
}

/** Errors that trying again may mend. */
function isPassing(error: unknown): boolean {
  return error instanceof AppError && (error.code === 'unavailable' || error.code === 'timeout');
}
