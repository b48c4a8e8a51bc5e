export type TimeLeft = { unit: 'seconds' | 'minutes' | 'hours' | 'days'; n: number };

/** In the largest unit of which there are two, rounded up: nobody is told that it is done before it is. */
export function timeLeft(seconds: number): TimeLeft {
  if (seconds < 120) return { unit: 'seconds', n: seconds };
  if (seconds < 2 * 3600) return { unit: 'minutes', n: Math.ceil(seconds / 60) };
  if (seconds < 2 * 86_400) return { unit: 'hours', n: Math.ceil(seconds / 3600) };
  return { unit: 'days', n: Math.ceil(seconds / 86_400) };
}
