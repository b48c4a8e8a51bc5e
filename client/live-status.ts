// How fresh this page is: the state of the live stream, and when it was last heard.
import { useSyncExternalStore } from 'react';

export type LiveStatus = {
  kind: 'connecting' | 'live' | 'reconnecting';
  /** By the browser's clock; null before the first beat. */
  heardAtMs: number | null;
};

const initial: LiveStatus = { kind: 'connecting', heardAtMs: null };
let status = initial;
const listeners = new Set<() => void>();

export function setLiveStatus(next: LiveStatus): void {
  status = next;
  for (const listener of listeners) listener();
}

export function getLiveStatus(): LiveStatus {
  return status;
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(subscribe, getLiveStatus, () => initial);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
