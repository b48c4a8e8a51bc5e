// What the kernel's log keeps of DRBD: the only place that still tells of a split brain when it is over.

const splitBrain = /Split-Brain detected but unresolved/;
/** From here on what was before does not count: the device was brought up anew, or told to connect again. */
const newStart = /conn\( \S+ -> (Unconnected|Connecting) \)|disk\( Diskless -> Attaching \)/;

/** True when the connection of this device was last dropped for a split brain. DRBD names the resource in some lines, the device in others. */
export function endsInSplitBrain(
  log: string,
  { resource, minor }: { resource: string; minor: number },
): boolean {
  const names = [`drbd ${resource}:`, `drbd ${resource} `, `drbd ${resource}/`, ` drbd${minor}:`];
  const mine = log.split('\n').filter((line) => names.some((name) => line.includes(name)));
  const last = (pattern: RegExp) => mine.findLastIndex((line) => pattern.test(line));
  return last(splitBrain) > last(newStart);
}
