// The mirrors that this agent has set up itself, just as it was told to. While the kernel says that such a device stands, nobody has to be asked
// what it looks like: programs are started for what differs only.
import type { Target } from '../tools/drbd/args';
import type { DeviceState } from '../tools/drbd/states';

const standing: readonly DeviceState['connection'][] = ['connected', 'connecting'];
const attached: readonly DeviceState['diskState'][] = ['upToDate', 'outdated', 'consistent', 'inconsistent'];

export function createSetUps() {
  const kept = new Map<string, string>();
  return {
    keep: ({ resource, mirror }: Target) => void kept.set(resource, JSON.stringify(mirror)),
    forget: ({ resource }: Target) => void kept.delete(resource),
    /** Up with its volumes, its addresses and its options as the disk has them now. */
    isAsSaid: ({ resource, mirror }: Target, { connection, diskState }: DeviceState): boolean =>
      kept.get(resource) === JSON.stringify(mirror) &&
      standing.includes(connection) &&
      attached.includes(diskState),
  };
}
export type SetUps = ReturnType<typeof createSetUps>;
