// The live stream of this tab: one EventSource, whose changes go into the query cache. Nothing in the browser polls.
// Invariant: after anything that may have been missed (first hello, resync, a new stream) everything on the page is fetched once.
import type { QueryClient } from '@tanstack/react-query';
import { Beat, Change, streamMessages } from '@/contract/events';
import { api } from '@/contract/paths';
import { applyChange } from './apply-change';
import { fetchJson } from './fetch-json';
import { getLiveStatus, setLiveStatus } from './live-status';
import { isSignedOut } from './query-client';
import { watchRaces } from './recent-changes';
import { createRefetcher } from './refetch-soon';

const longestRetryMs = 15_000;
/** A hidden tab lets go of its connection: over HTTP/1.1 a browser opens only six to one host. */
const hiddenPatienceMs = 60_000;

/** Starts listening; answers how to stop. */
export function listenToEvents(cache: QueryClient, { onSignedOut }: { onSignedOut: () => void }): () => void {
  const refetcher = createRefetcher(cache);
  const recent = watchRaces(cache, { onStale: (queryKey) => refetcher.add([queryKey]) });
  let source: EventSource | null = null;
  let retryTimer: ReturnType<typeof setTimeout> | undefined;
  let hideTimer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let lastSeq: number | null = null;

  const heard = (message: MessageEvent<string>) => {
    failures = 0;
    setLiveStatus({ kind: 'live', heardAtMs: Date.now() });
    const id = Number(message.lastEventId);
    if (message.lastEventId !== '' && Number.isFinite(id)) lastSeq = id;
  };
  const onHello = (message: MessageEvent<string>) => {
    const previousSeq = lastSeq;
    heard(message);
    const seq = Beat.safeParse(readJson(message.data)).data?.seq ?? 0;
    // EventSource resumes by itself and the server repeats what was missed; else the page may be older than the stream.
    if (previousSeq === null || seq !== previousSeq) void cache.invalidateQueries();
  };
  const onResync = (message: MessageEvent<string>) => {
    heard(message);
    void cache.invalidateQueries();
  };
  const onChange = (message: MessageEvent<string>) => {
    heard(message);
    const change = Change.safeParse(readJson(message.data));
    // A change this page does not understand comes from a newer control plane: better to fetch than to guess.
    if (!change.success) return void cache.invalidateQueries();
    recent.note(change.data);
    refetcher.add(applyChange(cache, change.data));
  };
  const onError = () => {
    setLiveStatus({ ...getLiveStatus(), kind: 'reconnecting' });
    if (source?.readyState !== EventSource.CLOSED) return;
    // Refused, not interrupted: EventSource gives up. The session tells why.
    close();
    void checkSession().then((isSignedIn) => {
      if (!isSignedIn) return onSignedOut();
      failures += 1;
      retryTimer = setTimeout(open, Math.min(1_000 * 2 ** failures, longestRetryMs));
    });
  };
  const open = () => {
    if (source) return;
    lastSeq = null;
    source = new EventSource(api.events());
    source.addEventListener(streamMessages.hello, onHello);
    source.addEventListener(streamMessages.beat, heard);
    source.addEventListener(streamMessages.resync, onResync);
    source.addEventListener(streamMessages.change, onChange);
    source.addEventListener('error', onError);
  };
  const close = () => {
    clearTimeout(retryTimer);
    source?.close();
    source = null;
  };
  const onVisibility = () => {
    clearTimeout(hideTimer);
    if (document.visibilityState === 'visible') return open();
    hideTimer = setTimeout(close, hiddenPatienceMs);
  };

  open();
  document.addEventListener('visibilitychange', onVisibility);
  return () => {
    document.removeEventListener('visibilitychange', onVisibility);
    clearTimeout(hideTimer);
    close();
    recent.stop();
    refetcher.stop();
  };
}

async function checkSession(): Promise<boolean> {
  try {
    await fetchJson(api.session(), { answers: { parse: (input) => input } });
    return true;
  } catch (error) {
    return !isSignedOut(error);
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
