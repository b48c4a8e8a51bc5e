'use client';
// One ticking clock for the whole page, running only while something shows a time.
import { useSyncExternalStore } from 'react';

const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let nowMs = currentSecond();

function currentSecond(): number {
  return Math.floor(Date.now() / 1000) * 1000;
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    nowMs = currentSecond();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function read(stepMs: number): number {
  // Without a running timer the value would be as old as the last one.
  if (!timer) nowMs = currentSecond();
  return Math.floor(nowMs / stepMs) * stepMs;
}

/** Now, renewed every `stepMs` at most; the coarser the step, the fewer renders. */
export function useNow(stepMs = 1_000): number {
  const get = () => read(stepMs);
  return useSyncExternalStore(subscribe, get, get);
}
