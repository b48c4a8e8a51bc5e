// Where the log file's end and the live stream's beginning tell the same bytes.

/** The longest beginning of `live` that `file` already ends with; its length. */
export function overlapBytes(file: Buffer, live: Buffer): number {
  for (let length = Math.min(file.length, live.length); length > 0; length--) {
    if (file.subarray(file.length - length).equals(live.subarray(0, length))) return length;
  }
  return 0;
}
