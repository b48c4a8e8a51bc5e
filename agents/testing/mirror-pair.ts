// Mirrored disks for tests, as each of their two nodes is told of them.
import { randomBytes } from 'node:crypto';
import { defaultDiskParams, DrbdOptions, type NodeDisk } from '@/contract/schemas/disk';

let count = 0;

/** With a minor on each node, a port and a secret that no other pair of this process has. */
export function makeMirrorPair(ids: {
  instanceId: string;
  diskId: string;
  sizeMiB: number;
}): [NodeDisk, NodeDisk] {
  count += 1;
  const { vg, metaVg, dataStripes: stripes, metaStripes, ...options } = defaultDiskParams.drbd;
  const shared = { port: 11_000 + count, secret: randomBytes(20).toString('hex') };
  const ends = ['10.0.0.1', '10.0.0.2'].map((address, drbdNodeId) => ({ address, drbdNodeId }));
  const seenFrom = (side: 0 | 1): NodeDisk => {
    const [local, peer] = [ends[side], ends[1 - side]];
    if (!local || !peer) throw new Error('a mirror has two ends');
    const mirror = { minor: 10 * count + side, ...shared, local, peer, options: DrbdOptions.parse(options) };
    return { ...ids, spec: { template: 'drbd', vg, stripes, metaVg, metaStripes, mirror } };
  };
  return [seenFrom(0), seenFrom(1)];
}
