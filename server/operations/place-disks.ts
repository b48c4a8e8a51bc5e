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
  for (const disk of instance.disks) {
    const own = DiskParamsOverride.parse(disk.params);
    const plain = { ...params.plain, ...own.plain };
    const drbd = { ...params.drbd, ...own.drbd };
    const place =
      instance.diskTemplate === 'plain'
        ? { vg: plain.vg, stripes: plain.stripes }
        : { vg: drbd.vg, stripes: drbd.dataStripes, metaVg: drbd.metaVg };
    if (instance.diskTemplate !== 'plain' && instance.diskTemplate !== 'drbd') continue;
    if (disk.vg === null) await tx.disk.update({ where: { id: disk.id }, data: place });
    // A plain disk that becomes a mirror stays where it is.
    else if (instance.diskTemplate === 'drbd' && disk.metaVg === null)
      await tx.disk.update({ where: { id: disk.id }, data: { metaVg: drbd.metaVg } });
    if (instance.diskTemplate !== 'drbd' || disk.mirror || !instance.nodeId || !instance.secondaryId)
      continue;
    const nodeIds = [instance.nodeId, instance.secondaryId] as const;
    await reserveMirror(tx, { diskId: disk.id, clusterId: instance.clusterId, nodeIds });
  }
}
