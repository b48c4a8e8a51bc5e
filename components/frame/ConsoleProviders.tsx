'use client';
// What pages of the console rely on: the query cache with its live events, URL state, tooltips and toasts.
import { QueryClientProvider } from '@tanstack/react-query';
import { NuqsAdapter } from 'nuqs/adapters/next/app';
import { type ReactNode, useEffect, useState } from 'react';
import { toast } from 'sonner';
import { listenToEvents } from '@/client/events';
import { makeQueryClient } from '@/client/query-client';
import { TooltipProvider } from '@/components/ui/Tooltip';
import { pages } from '@/contract/paths';
import { Toasts } from './Toasts';

export function ConsoleProviders({ children }: { children: ReactNode }) {
  const [cache] = useState(() =>
    makeQueryClient({ onMutationError: (error) => toast.error(error.message), onSignedOut: leave }),
  );
  useEffect(() => listenToEvents(cache, { onSignedOut: leave }), [cache]);
  return (
    <QueryClientProvider client={cache}>
      <NuqsAdapter>
        <TooltipProvider>{children}</TooltipProvider>
      </NuqsAdapter>
      <Toasts />
    </QueryClientProvider>
  );
}

/** The session has ended: sign in again, then come back here. */
function leave() {
  const { pathname, search } = window.location;
  window.location.assign(pages.signIn(pathname === '/' ? undefined : `${pathname}${search}`));
}
