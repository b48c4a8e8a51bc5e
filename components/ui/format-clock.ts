/** The time of day in the reader's zone, to the second. */
export function formatClock(at: string): string {
  return new Date(at).toLocaleTimeString(undefined, { hour12: false });
}
