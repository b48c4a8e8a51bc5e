// Writes down where disks of an instance come to lie, when its nodes are known: volume groups, and for mirrors minors, port and secret.
import { type DiskParams, DiskParamsOverride } from '@/contract/schemas/disk';
import type { Tx } from '../db/client';
import type { PlacedInstance } from './placed-instance';
import { reserveMirror } from './reserve-mirrors';

type Placed = Pick<PlacedInstance, 'clusterId' | 'diskTemplate' | 'nodeId' | 'secondaryId'> & {
  disks: Pick<PlacedInstance['disks'][number], 'id' | 'params' | 'vg' | 'metaVg' | 'mirror'>[];
};

/** Those that have no place yet. `params` are those of the primary node's cluster and group; a disk's own go before them. */
export async function placeDisks(tx: Tx, instance: Placed, params: DiskParams): Promise<void> {
  const { diskTemplate, clusterId, nodeId, secondaryId } = instance;
  if (diskTemplate !== 'plain' && diskTemplate !== 'drbd') return;
  for (const { id: diskId, vg, metaVg, mirror, params: override } of instance.disks) {
    const own = DiskParamsOverride.parse(override);
    const plain = { ...params.plain, ...own.plain };
    const drbd = { ...params.drbd, ...own.drbd };
    const data =
      diskTemplate === 'plain'
        ? { vg: plain.vg, stripes: plain.stripes }
        : { vg: drbd.vg, stripes: drbd.dataStripes };
    // A plain disk that becomes a mirror stays where it is, and gets metadata.
    const meta = diskTemplate === 'drbd' && metaVg === null ? { metaVg: drbd.metaVg } : {};
    await tx.disk.update({ where: { id: diskId }, data: { ...(vg === null && data), ...meta } });
    if (diskTemplate === 'drbd' && !mirror && nodeId && secondaryId)
      await reserveMirror(tx, { diskId, clusterId, nodeIds: [nodeId, secondaryId] });
  }
}
