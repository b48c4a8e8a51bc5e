'use client';
// Names for parts of the address that are ids: the page that knows the name tells it, the top bar shows it.
import { useEffect, useSyncExternalStore } from 'react';

let labels: Readonly<Record<string, string>> = {};
const listeners = new Set<() => void>();

function setLabels(next: Readonly<Record<string, string>>): void {
  labels = next;
  for (const listener of listeners) listener();
}

export function useCrumbLabel(path: string, label: string): void {
  useEffect(() => setLabels({ ...labels, [path]: label }), [path, label]);
}

const none: Readonly<Record<string, string>> = {};

export function useCrumbLabels(): Readonly<Record<string, string>> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => labels,
    () => none,
  );
}
