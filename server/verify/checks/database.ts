// The database by itself: whether what belongs together is there, as no constraint can say it.
import type { Check, Found, Snapshot, VerifiedDisk, VerifiedInstance } from '../snapshot';
import { atRest, indexesOf, targetInstance, targetNode } from './about';

export const checkDatabase: Check = (snapshot) => [
  ...snapshot.nodes.flatMap((node): Found[] =>
    node.group && node.group.clusterId !== node.clusterId
      ? [{ meaning: 'danglingNode', target: targetNode(node) }]
      : [],
  ),
  ...atRest(snapshot).flatMap((instance) => judgeInstance(snapshot, instance)),
  ...judgeLedger(snapshot),
];

function judgeInstance(snapshot: Snapshot, instance: VerifiedInstance): Found[] {
  const { clusterId, nodeId, secondaryId, diskTemplate } = instance;
  const target = targetInstance(instance);
  if (nodeId === null) return [{ meaning: 'danglingInstance', target }];
  const own = new Set(snapshot.nodes.filter((node) => node.clusterId === clusterId).map(({ id }) => id));
  if (clusterId !== snapshot.cluster.id || [nodeId, secondaryId].some((id) => id !== null && !own.has(id)))
    return [{ meaning: 'foreignNode', target }];
  if (diskTemplate === 'drbd' && secondaryId === null) return [{ meaning: 'noSecondary', target }];
  return judgeDisks(instance);
}

function judgeDisks(instance: VerifiedInstance): Found[] {
  const target = targetInstance(instance);
  const disks = instance.disks.filter(({ isReady }) => isReady);
  const unplaced = disks.filter((disk) => !isPlaced(instance, disk));
  const broken = disks.filter((disk) => !unplaced.includes(disk) && !hasSides(instance, disk));
  return [...told('diskNotPlaced', unplaced), ...told('mirrorSides', broken)];
  function told(meaning: 'diskNotPlaced' | 'mirrorSides', some: VerifiedDisk[]): Found[] {
    return some.length > 0 ? [{ meaning, target, values: { disks: indexesOf(some) } }] : [];
  }
}

function isPlaced({ diskTemplate }: VerifiedInstance, { vg, metaVg, sides }: VerifiedDisk): boolean {
  if (diskTemplate === 'plain') return vg !== null;
  if (diskTemplate === 'drbd') return vg !== null && metaVg !== null && sides !== null;
  return true;
}

/** One on each of its two nodes, that DRBD can tell apart; and none where nothing is mirrored. */
function hasSides({ diskTemplate, nodeId, secondaryId }: VerifiedInstance, { sides }: VerifiedDisk): boolean {
  if (diskTemplate !== 'drbd') return sides === null;
  const nodes = new Set(sides?.map((side) => side.nodeId));
  const ends = new Set(sides?.map((side) => side.end));
  return sides?.length === 2 && ends.size === 2 && nodes.has(nodeId ?? '') && nodes.has(secondaryId ?? '');
}

function judgeLedger({ cluster: { id, name }, ledger }: Snapshot): Found[] {
  const target = { kind: 'cluster', id, name } as const;
  return ledger > 0 ? [{ meaning: 'ledger', target, values: { count: ledger } }] : [];
}
