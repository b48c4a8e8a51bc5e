import { NextIntlClientProvider } from 'next-intl';
import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { unfinishedJobsQuery } from '@/client/jobs';
import { prefetch, Prefetched } from '@/client/prefetched';
import { sessionQuery } from '@/client/session';
import { ConsoleProviders } from '@/components/frame/ConsoleProviders';
import { Frame } from '@/components/frame/Frame';
import { railCookie } from '@/components/frame/rail-cookie';
import { en } from '@/messages/en';
import { pageActor } from '@/server/auth/page-actor';
import { listJobs } from '@/server/usecases/jobs';
import { getSession } from '@/server/usecases/session';

const unfinished = { status: 'unfinished', page: 1, pageSize: 50, search: '' } as const;

// Every page depends on who asks.
export const dynamic = 'force-dynamic';

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const ctx = await pageActor();
  const isFolded = (await cookies()).get(railCookie)?.value === 'folded';
  return (
    <NextIntlClientProvider messages={en}>
      <ConsoleProviders>
        <Prefetched
          queries={[
            prefetch(sessionQuery(), () => getSession(ctx)),
            prefetch(unfinishedJobsQuery(), () => listJobs(ctx, unfinished)),
          ]}
        >
          <Frame isFolded={isFolded}>{children}</Frame>
        </Prefetched>
      </ConsoleProviders>
    </NextIntlClientProvider>
  );
}
