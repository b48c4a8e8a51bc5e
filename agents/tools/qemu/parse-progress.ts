/** What `qemu-img -p` says of how far it is, 0 to 1; null where a line is something else. */
export function parseProgress(line: string): number | null {
  const [, percent] = /^\s*\((\d+(?:\.\d+)?)\/100%\)\s*$/.exec(line) ?? [];
  return percent === undefined ? null : Math.min(1, Number(percent) / 100);
}
