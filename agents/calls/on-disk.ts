// The frame of calls on one disk: their turn among the calls on its instance, and whose disk it was in what they throw.
import type { NodeDisk } from '@/contract/schemas/disk';
import type { NodeParts } from '../node-parts';
import type { CallContext } from './handlers';
import { inContext } from './in-context';

/** `doing` completes "Cannot … disk 0 of web1". */
export function onDisk<P extends NodeDisk, R>(
  { definitions, locks }: NodeParts,
  doing: string,
  work: (params: P, call: CallContext) => Promise<R>,
): (params: P, call: CallContext) => Promise<R> {
  const nameOf = ({ instanceId, diskId }: NodeDisk) => {
    const definition = definitions.get(instanceId);
    const index = definition?.disks.find((disk) => disk.id === diskId)?.index;
    return index === undefined ? `disk ${diskId}` : `disk ${index} of ${definition?.name}`;
  };
  return (params, call) =>
    locks.run(
      params.instanceId,
      () => inContext(`Cannot ${doing} ${nameOf(params)}`, () => work(params, call)),
      call.signal,
    );
}

/** The answer of calls that have nothing to say. */
export const nothing = () => ({});
