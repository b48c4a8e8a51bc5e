// "3 min ago" as data: the message key under `ui` and its number. Pure.
export type RelativeParts =
  | { key: 'now' }
  | {
      key:
        | 'secondsAgo'
        | 'minutesAgo'
        | 'hoursAgo'
        | 'daysAgo'
        | 'inSeconds'
        | 'inMinutes'
        | 'inHours'
        | 'inDays';
      n: number;
    };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `differenceMs`: how long ago; negative in the future. */
export function relativeParts(differenceMs: number): RelativeParts {
  const isPast = differenceMs >= 0;
  const ms = Math.abs(differenceMs);
  if (ms < 5_000) return { key: 'now' };
  if (ms < minuteMs) return { key: isPast ? 'secondsAgo' : 'inSeconds', n: Math.floor(ms / 1000) };
  if (ms < hourMs) return { key: isPast ? 'minutesAgo' : 'inMinutes', n: Math.floor(ms / minuteMs) };
  if (ms < 2 * dayMs) return { key: isPast ? 'hoursAgo' : 'inHours', n: Math.floor(ms / hourMs) };
  return { key: isPast ? 'daysAgo' : 'inDays', n: Math.floor(ms / dayMs) };
}

/** "4.2 s", "3 min 5 s", "2 h 10 min": units are written alike in all languages that the console knows. */
export function formatDuration(ms: number): string {
  if (ms < 10_000) return `${(Math.max(0, ms) / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}
