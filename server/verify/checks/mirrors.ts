// Whether mirrors are up, connected and in step on both nodes, and nothing else uses DRBD there. A side that is not up, or whose peer's node does
// not answer, is told of once and not as being out of step too.
import type { DrbdDiskState, MirrorStatus } from '@/contract/schemas/disk';
import type { Mend, VerifyMeaning } from '@/contract/schemas/verify';
import type { Check, Found, Snapshot, VerifiedDisk, VerifiedInstance } from '../snapshot';
import { answering, type AnsweringNode, atRest, indexesOf, targetInstance, targetNode } from './about';
import { rebuild } from './disks';

export const checkMirrors: Check = (snapshot) => {
  const nodes = answering(snapshot);
  const instances = atRest(snapshot).filter(({ diskTemplate }) => diskTemplate === 'drbd');
  return [
    ...nodes.flatMap((node) => judgeMinors(snapshot, node)),
    ...instances.flatMap((instance) => [
      ...(instance.disksActive ? judgeSides(nodes, instance) : []),
      ...judgePrimaries(nodes, instance),
    ]),
  ];
};

type Side = { node: AnsweringNode; disk: VerifiedDisk; status: MirrorStatus };

/** Of disks that are where they should be: what is missing is told elsewhere. */
function sidesOf(nodes: AnsweringNode[], { nodeId, secondaryId, disks }: VerifiedInstance): Side[] {
  return [nodeId, secondaryId].flatMap((id) => {
    const node = nodes.find((one) => one.id === id);
    if (!node?.answer.mirrors) return [];
    const { mirrors, disks: there } = node.answer;
    return disks.flatMap((disk) => {
      const status = mirrors.find(({ diskId }) => diskId === disk.id);
      const isThere = there?.some(({ diskId }) => diskId === disk.id) ?? true;
      return disk.isReady && status && isThere ? [{ node, disk, status }] : [];
    });
  });
}

function judgeSides(nodes: AnsweringNode[], instance: VerifiedInstance): Found[] {
  const sides = sidesOf(nodes, instance);
  const down = sides.filter(({ status }) => status.connection === 'down');
  const pairs = instance.disks
    .map((disk) => sides.filter((side) => side.disk === disk))
    .filter((pair) => pair.length === 2 && !pair.some((side) => down.includes(side)));
  const faults = pairs.map((pair) => ({ pair, ...faultOf(pair, instance) }));
  const kinds = [...new Set(faults.map(({ meaning, node }) => `${meaning} ${node?.id ?? ''}`))];
  return [
    ...toldByNode(instance, down),
    ...kinds.flatMap((kind): Found[] => {
      const same = faults.filter(({ meaning, node }) => `${meaning} ${node?.id ?? ''}` === kind);
      const [first] = same;
      if (!first?.meaning) return [];
      const disks = indexesOf(same.flatMap(({ pair }) => pair.slice(0, 1).map(({ disk }) => disk)));
      const values = { disks, node: first.node?.name ?? '', detail: first.detail };
      const { meaning, mend } = first;
      const subject = first.node?.id ?? '';
      return [{ meaning, target: targetInstance(instance), subject, values, mend }];
    }),
  ];
}

function toldByNode(instance: VerifiedInstance, down: Side[]): Found[] {
  return [...new Set(down.map(({ node }) => node))].map((node) => ({
    ...{ meaning: 'mirrorDown', target: targetNode(node), subject: instance.id },
    values: {
      instance: instance.name,
      disks: indexesOf(down.filter((side) => side.node === node).map(({ disk }) => disk)),
    },
    mend: activate(instance),
  }));
}

type Fault = { meaning: VerifyMeaning | null; node: AnsweringNode | null; detail: string; mend: Mend | null };
const sound: Fault = { meaning: null, node: null, detail: '', mend: null };
const broken: DrbdDiskState[] = ['diskless', 'failed', 'detaching'];

function faultOf(pair: Side[], instance: VerifiedInstance): Fault {
  const lost = pair.find(({ status }) => broken.includes(status.diskState));
  const isSplit = pair.some(({ status }) => status.splitBrain);
  const apart = pair.find(({ status }) => status.connection !== 'connected');
  const stale = pair.find(({ status }) => status.diskState !== 'upToDate');
  const isSyncing = pair.some(({ status }) => status.sync === 'source' || status.sync === 'target');
  if (isSplit) return { ...sound, meaning: 'splitBrain' };
  if (lost)
    return {
      ...{ meaning: 'diskFaulty', node: lost.node, detail: lost.status.diskState },
      mend: rebuild(instance, lost.node.id),
    };
  if (apart)
    return {
      ...sound,
      meaning: 'diskDisconnected',
      detail: apart.status.connection,
      mend: activate(instance),
    };
  if (isSyncing) return { ...sound, meaning: 'diskSyncing' };
  if (stale)
    return {
      ...{ meaning: 'diskFaulty', node: stale.node, detail: stale.status.diskState },
      mend: activate(instance),
    };
  return sound;
}

/** Both may be primary only for as long as an instance moves from one to the other. */
function judgePrimaries(nodes: AnsweringNode[], instance: VerifiedInstance): Found[] {
  const isMoving = nodes.some(({ answer }) =>
    answer.instances?.some(({ id, migration }) => id === instance.id && migration !== null),
  );
  if (isMoving) return [];
  const sides = sidesOf(nodes, instance);
  const both = sides.filter(({ status }) => status.role === 'primary' && status.peerRole === 'primary');
  const allowed = sides.filter(({ node, disk }) => node.answer.devices?.twoPrimaries.includes(disk.id));
  const told = both.length > 0 ? both : allowed;
  if (told.length === 0) return [];
  const disks = indexesOf([...new Set(told.map(({ disk }) => disk))]);
  return [
    {
      meaning: both.length > 0 ? 'twoPrimaries' : 'twoPrimariesAllowed',
      ...{ target: targetInstance(instance), values: { disks } },
      mend: {
        ...{ kind: 'operation', operation: 'instance.cleanupMigration' },
        params: { instanceId: instance.id },
      },
    },
  ];
}

/** Devices that are up and belong to no disk of the database. */
function judgeMinors({ instances, busyIds }: Snapshot, node: AnsweringNode): Found[] {
  const { devices } = node.answer;
  // A side that a job makes or takes away comes and goes with its row.
  if (!devices || instances.some(({ id, diskTemplate }) => busyIds.has(id) && diskTemplate === 'drbd'))
    return [];
  const own = new Set(
    instances
      .flatMap(({ disks }) => disks)
      .flatMap(({ sides }) => sides ?? [])
      .filter(({ nodeId }) => nodeId === node.id)
      .map(({ minor }) => minor),
  );
  return devices.minors
    .filter((minor) => !own.has(minor))
    .map((minor) => ({
      ...{ meaning: 'minorUnknown', target: targetNode(node), subject: String(minor), values: { minor } },
      mend: { kind: 'command', node: node.name, text: 'drbdsetup status --verbose' },
    }));
}

const activate = ({ id }: VerifiedInstance): Mend => ({
  ...{ kind: 'operation', operation: 'instance.activateDisks', params: { instanceId: id } },
});
