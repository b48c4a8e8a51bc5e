'use client';
// How long something took; while it goes on, it ticks.
import { useNow } from './clock';
import { formatDuration } from './relative-time';

/** `end` null: still going on. */
export function Duration({ start, end }: { start: string; end: string | null }) {
  return end === null ? (
    <Ticking start={start} />
  ) : (
    <span>{formatDuration(Date.parse(end) - Date.parse(start))}</span>
  );
}

function Ticking({ start }: { start: string }) {
  const elapsedMs = Math.max(0, useNow() - Date.parse(start));
  const seconds = Math.floor(elapsedMs / 1000);
  return <span suppressHydrationWarning>{seconds < 60 ? `${seconds} s` : formatDuration(elapsedMs)}</span>;
}
