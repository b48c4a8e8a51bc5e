// One browser's live stream (Server-Sent Events): hello, changes with sequence numbers, beats, and resync where changes were missed.
// Invariant: a stream never sends what its actor may not see, and ends as soon as the session does.
import { beatIntervalMs, streamMessages, type ChangeKind } from '@/contract/events';
import type { Actor } from '../auth/actor';
import type { EventRow, Feed } from './feed';

/** The API shapes of resources as the viewer may see them; ids that are gone or hidden are absent. */
export type LoadViews = (kind: ChangeKind, ids: string[], viewer: Actor) => Promise<Map<string, unknown>>;

/** The data that travels inside an event (log lines), as the viewer may read it. */
export type ViewData = (kind: ChangeKind, data: unknown, viewer: Actor) => Promise<unknown>;

export type StreamRequest = {
  feed: Feed;
  actor: Actor;
  loadViews: LoadViews;
  viewData: ViewData;
  /** The Actor again, or null when the session has ended. */
  revalidate: () => Promise<Actor | null>;
  /** Last-Event-ID; null for a new page. */
  lastSeq: number | null;
  signal: AbortSignal;
  /** Called once, when the stream has ended, whoever ended it. */
  onEnd?: () => void;
  beatMs?: number;
};

/** A receiver that lets this much pile up is cut off; it resumes by its last sequence number. */
const bufferLimitBytes = 4 * 1024 * 1024;

export function eventStream(request: StreamRequest): Response {
  const { signal } = request;
  let end = () => {};
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        end = startStream(request, controller);
        signal.addEventListener('abort', end, { once: true });
        if (signal.aborted) end();
      },
      cancel: () => end(),
    },
    { highWaterMark: bufferLimitBytes, size: (chunk) => chunk?.byteLength ?? 0 },
  );
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}

function startStream(request: StreamRequest, controller: ReadableStreamDefaultController<Uint8Array>) {
  const { feed, lastSeq, revalidate, beatMs = beatIntervalMs } = request;
  const encoder = new TextEncoder();
  let actor = request.actor;
  let seq = feed.latest();
  let ended = false;
  let queue: EventRow[] = [];
  let sending = true;

  const end = () => {
    if (ended) return;
    ended = true;
    unsubscribe();
    clearInterval(timer);
    request.signal.removeEventListener('abort', end);
    request.onEnd?.();
    try {
      controller.close();
    } catch {
      // Already errored or canceled by the receiver: nothing is left to close.
    }
  };
  const send = (type: string, data: unknown, id?: number) => {
    if (ended) return;
    if ((controller.desiredSize ?? 0) <= 0) return end();
    controller.enqueue(
      encoder.encode(
        `${id === undefined ? '' : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`,
      ),
    );
  };
  const sendAt = (type: string) => send(type, { seq, at: new Date().toISOString() }, seq);
  const check = async () => {
    const fresh = await revalidate().catch(() => actor);
    if (!fresh) return end();
    // A changed role changes what may be seen: the page starts anew.
    if (fresh.role !== actor.role) end();
    actor = fresh;
  };
  const deliver = async (rows: EventRow[]) => {
    if (rows.some((row) => row.kind === 'user' && row.id === actor.userId)) await check();
    for (const item of await changesFor(rows, actor, request))
      send(streamMessages.change, item.change, item.seq);
    seq = rows.at(-1)?.seq ?? seq;
  };
  const pump = async () => {
    if (sending || ended) return;
    sending = true;
    while (queue.length > 0 && !ended) {
      // A resumed stream may have read rows ahead of the feed.
      const rows = queue.filter((row) => row.seq > seq);
      queue = [];
      await deliver(rows);
    }
    sending = false;
  };
  const fail = () => {
    // The database did not answer: the receiver reconnects and resumes, which is safer than going on with a hole.
    end();
  };
  const unsubscribe = feed.subscribe((rows) => {
    queue.push(...rows);
    void pump().catch(fail);
  });
  const timer = setInterval(() => {
    void check().then(() => {
      if (queue.length === 0 && !sending) sendAt(streamMessages.beat);
    });
  }, beatMs);

  void (async () => {
    if (lastSeq === null) sendAt(streamMessages.hello);
    else {
      const missed = await feed.since(lastSeq);
      if (missed === null) sendAt(streamMessages.resync);
      else {
        seq = Math.max(seq, lastSeq);
        send(streamMessages.hello, { seq: lastSeq, at: new Date().toISOString() }, lastSeq);
        await deliver(missed);
      }
    }
    sending = false;
    await pump();
  })().catch(fail);
  return end;
}

type Sent = { seq: number; change: { kind: ChangeKind; id: string; data: unknown } };

/** What the actor may see of the rows: one change for each resource (its newest), log lines each, in sequence order. */
async function changesFor(
  rows: EventRow[],
  actor: Actor,
  { loadViews, viewData }: Pick<StreamRequest, 'loadViews' | 'viewData'>,
): Promise<Sent[]> {
  const visible = rows.filter((row) => maySee(row, actor));
  const sent: Sent[] = [];
  const newest = new Map<string, EventRow>();
  for (const row of visible) {
    if (row.data === null) newest.set(`${row.kind} ${row.id}`, row);
    else {
      const data = await viewData(row.kind, row.data, actor);
      sent.push({ seq: row.seq, change: { kind: row.kind, id: row.id, data } });
    }
  }
  const byKind = groupByKind(newest.values());
  for (const [kind, group] of byKind) {
    const views = await loadViews(
      kind,
      group.map((row) => row.id),
      actor,
    );
    for (const row of group)
      sent.push({ seq: row.seq, change: { kind, id: row.id, data: views.get(row.id) ?? null } });
  }
  return sent.sort((a, b) => a.seq - b.seq);
}

function maySee(row: EventRow, actor: Actor): boolean {
  if (actor.role === 'operator' || row.ownerId === actor.userId) return true;
  return row.kind === 'user' && row.id === actor.userId;
}

function groupByKind(rows: Iterable<EventRow>): Map<ChangeKind, EventRow[]> {
  const groups = new Map<ChangeKind, EventRow[]>();
  for (const row of rows) groups.set(row.kind, [...(groups.get(row.kind) ?? []), row]);
  return groups;
}
