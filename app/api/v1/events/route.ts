import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { findActor } from '@/server/auth/session-actor';
import { sharedFeed } from '@/server/events/shared-feed';
import { openStream } from '@/server/events/open-streams';
import { route } from '@/server/http/route';
import { loadViews, viewEventData } from '@/server/usecases/views';

export const dynamic = 'force-dynamic';

const SequenceNumber = z.coerce.number().int().min(0).catch(0);

export const GET = route({ access: 'events.stream', answers: z.never() })(async ({ ctx, request }) => {
  const { actor, db } = ctx;
  if (!actor) throw new AppError('unauthenticated', 'Sign in to receive live changes');
  const lastSeq = request.headers.get('last-event-id');
  return openStream({
    feed: await sharedFeed(db),
    actor,
    loadViews: (kind, ids, viewer) => loadViews(db, kind, ids, viewer),
    viewData: (kind, data, viewer) => viewEventData(db, { kind, data, viewer }),
    revalidate: () => findActor(db, actor),
    lastSeq: lastSeq === null ? null : SequenceNumber.parse(lastSeq),
    // Nobody would read, nor end, the stream that answers a HEAD.
    signal: request.method === 'HEAD' ? AbortSignal.abort() : request.signal,
  });
});
