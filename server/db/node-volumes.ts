// What lay on a node for disks when it was last asked, and whose each of it is.
import { NodeVolumes, type NodeVolume, type VolumeList, type VolumeView } from '@/contract/schemas/volume';
import type { Queryable } from './client';
import { toTimestampOrNull } from './viewer';

/** null where the node does not exist. */
export async function loadVolumes(db: Queryable, nodeId: string): Promise<VolumeList | null> {
  const node = await db.node.findUnique({
    where: { id: nodeId },
    select: { volumes: true, volumesSeenAt: true },
  });
  if (!node) return null;
  const volumes = NodeVolumes.safeParse(node.volumes ?? []).data ?? [];
  const disks = await readDisks(db, volumes);
  const items = volumes
    .map((volume) => viewOf(volume, nodeId, disks.get(volume.diskId ?? '')))
    .sort((a, b) => order.indexOf(a.owner) - order.indexOf(b.owner) || (a.name < b.name ? -1 : 1));
  return { seenAt: toTimestampOrNull(node.volumesSeenAt), items };
}

/** What somebody may want to do something about comes first. */
const order: VolumeView['owner'][] = ['orphan', 'elsewhere', 'disk', 'foreign'];

/** Announces nothing: pages ask again when the time since it was asked says so. */
export async function storeVolumes(db: Queryable, nodeId: string, volumes: NodeVolume[]): Promise<void> {
  await db.node.updateMany({ where: { id: nodeId }, data: { volumes, volumesSeenAt: new Date() } });
}

type DiskRow = { instance: { id: string; name: string; nodeId: string | null; secondaryId: string | null } };

async function readDisks(db: Queryable, volumes: NodeVolume[]): Promise<Map<string, DiskRow>> {
  const ids = [...new Set(volumes.flatMap(({ diskId }) => diskId ?? []))];
  const instance = { select: { id: true, name: true, nodeId: true, secondaryId: true } } as const;
  const rows = await db.disk.findMany({
    where: { id: { in: ids } },
    select: { id: true, instance },
  });
  return new Map(rows.map((row) => [row.id, row]));
}

function viewOf(volume: NodeVolume, nodeId: string, disk: DiskRow | undefined): VolumeView {
  if (!disk) return { ...volume, owner: volume.diskId === null ? 'foreign' : 'orphan', instance: null };
  const { id, name, ...placed } = disk.instance;
  const isHere = placed.nodeId === nodeId || placed.secondaryId === nodeId;
  return { ...volume, owner: isHere ? 'disk' : 'elsewhere', instance: { id, name } };
}
