// Gives an instance whose disks are made anew other nodes in the database, with all that its disks are promised there: volume groups, and minors
// of mirrors, whose port and secret stay. The sides on nodes that it leaves stay reserved, so that there is a way back.
import { AppError } from '@/contract/errors';
import type { Tx } from '../db/client';
import { changeInstance } from '../db/instance-state';
import { loadNodeSnapshots } from '../db/nodes';
import type { Announce } from '../jobs/operation';
import { chooseNodes } from '../placement/choose-node';
import { returnRoom } from '../placement/take-room';
import { lockAllocation } from './allocation-lock';
import { seenStopped } from './observed-state';
import { placeDisks } from './place-disks';
import { findNode, type PlacedInstance, readInstance } from './placed-instance';
import { reserveSide } from './reserve-mirrors';
import type { Ctx } from './services';
import { toPlacementWish } from './to-placement-wish';

type DiskPlace = { id: string; vg: string | null; metaVg: string | null; stripes: number };
export type FormerPlace = { nodeId: string | null; secondaryId: string | null; disks: DiskPlace[] };

export function placeOf({ nodeId, secondaryId, disks }: PlacedInstance): FormerPlace {
  const places = disks.map(({ id, vg, metaVg, stripes }) => ({ id, vg, metaVg, stripes }));
  return { nodeId, secondaryId, disks: places };
}

/** The instance as it lay there. */
export async function viewAt(
  ctx: Ctx,
  instance: PlacedInstance,
  { nodeId, secondaryId, disks }: FormerPlace,
): Promise<PlacedInstance> {
  const [node, secondary] = await Promise.all(
    [nodeId, secondaryId].map((id) => (id === null ? null : findNode(ctx.db, id))),
  );
  const places = instance.disks.map((disk) => ({ ...disk, ...disks.find(({ id }) => id === disk.id) }));
  return {
    ...instance,
    nodeId,
    secondaryId,
    node: node ?? null,
    secondary: secondary ?? null,
    disks: places,
  };
}

type Wish = { instanceId: string; nodeId?: string | null; secondaryId?: string | null; before: FormerPlace };

/** Answers the nodes' names. Repeated, it keeps what it chose. */
export async function moveToNodes(tx: Tx, announce: Announce, wish: Wish): Promise<string[]> {
  const { before } = wish;
  const instance = await readInstance(tx, wish.instanceId);
  const { id, clusterId, nodeId: presentId, secondaryId: presentSecondaryId } = instance;
  if (presentId !== before.nodeId || presentSecondaryId !== before.secondaryId)
    return [instance.node, instance.secondary].flatMap((node) => node?.name ?? []);
  await lockAllocation(tx, clusterId);
  const { chosen, nodes } = await chooseOthers(tx, instance, wish);
  await tx.instance.update({ where: { id }, data: chosen, select: { id: true } });
  const [primary] = nodes;
  const disks = instance.disks.map((disk) => ({ ...disk, vg: null, metaVg: null }));
  if (primary) await placeDisks(tx, { ...instance, ...chosen, disks }, primary.diskParams);
  await reserveSides(tx, instance, chosen);
  await announceMove(tx, announce, { instanceId: id, nodeIds: [before, chosen].flatMap(idsOf) });
  return nodes.map(({ name }) => name);
}

/** Takes it back. Repeated, it changes nothing. */
export async function placeBack(
  tx: Tx,
  announce: Announce,
  { instanceId, before }: { instanceId: string; before: FormerPlace },
): Promise<void> {
  const instance = await readInstance(tx, instanceId);
  const { nodeId, secondaryId } = before;
  await tx.instance.update({
    where: { id: instanceId },
    data: { nodeId, secondaryId },
    select: { id: true },
  });
  for (const { id, ...place } of before.disks) await tx.disk.updateMany({ where: { id }, data: place });
  const diskId = { in: instance.disks.map((disk) => disk.id) };
  await tx.mirrorSide.deleteMany({ where: { diskId, nodeId: { notIn: idsOf(before) } } });
  await announceMove(tx, announce, { instanceId, nodeIds: [before, instance].flatMap(idsOf) });
}

type Nodes = { nodeId: string | null; secondaryId: string | null };
const idsOf = ({ nodeId, secondaryId }: Nodes) => [nodeId, secondaryId].flatMap((id) => id ?? []);

/** Any but the former primary node, unless that is asked for; what the instance has on a node counts as free there. */
async function chooseOthers(tx: Tx, instance: PlacedInstance, { nodeId, secondaryId, before }: Wish) {
  const wish = {
    ...toPlacementWish(instance, { start: false }),
    ...(nodeId && { nodeId }),
    ...(secondaryId && { secondaryId }),
  };
  const snapshot = await loadNodeSnapshots(tx, { clusterId: instance.clusterId });
  const candidates = snapshot
    .filter(({ id }) => id !== before.nodeId || id === nodeId || id === secondaryId)
    .map((node) =>
      idsOf(before).includes(node.id)
        ? returnRoom(node, wish, { isPrimary: node.id === before.nodeId })
        : node,
    );
  const chosen = chooseNodes(candidates, wish);
  if (chosen.nodeId === before.nodeId && chosen.secondaryId === before.secondaryId)
    throw new AppError('wrong_state', `The disks of ${instance.name} lie on these nodes already`);
  const nodes = idsOf(chosen).flatMap((id) => candidates.find((node) => node.id === id) ?? []);
  return { chosen, nodes };
}

async function reserveSides(tx: Tx, instance: PlacedInstance, chosen: Nodes): Promise<void> {
  for (const { id: diskId, mirror } of instance.disks) {
    if (!mirror) continue;
    const kept = mirror.sides.find((side) => idsOf(chosen).includes(side.nodeId));
    const free = [0, 1].filter((end) => end !== kept?.end);
    for (const nodeId of idsOf(chosen).filter((id) => !mirror.sides.some((side) => side.nodeId === id)))
      await reserveSide(tx, { diskId, nodeId, end: free.shift() ?? 0 });
  }
}

async function announceMove(
  tx: Tx,
  announce: Announce,
  { instanceId, nodeIds }: { instanceId: string; nodeIds: string[] },
): Promise<void> {
  const { ownerId, clusterId } = await changeInstance(tx, instanceId, seenStopped);
  announce(
    { kind: 'instance', id: instanceId, ownerId },
    { kind: 'cluster', id: clusterId },
    ...[...new Set(nodeIds)].map((id) => ({ kind: 'node' as const, id })),
  );
}
