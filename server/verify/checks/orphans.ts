// What lies or runs on nodes and belongs to nobody, or to somebody elsewhere.
import type { Check, Found, Snapshot } from '../snapshot';
import { answering, type AnsweringNode, isOn, isRunning, targetNode } from './about';

export const checkOrphans: Check = (snapshot) =>
  answering(snapshot)
    .filter(({ id }) => !snapshot.busyIds.has(id))
    .flatMap((node) => [
      ...judgeInstances(snapshot, node),
      ...judgeDefinitions(snapshot, node),
      ...judgeVolumes(snapshot, node),
    ]);

function judgeInstances({ known, busyIds }: Snapshot, node: AnsweringNode): Found[] {
  return (node.answer.instances ?? [])
    .filter((seen) => isRunning(seen) && !known.instanceIds.has(seen.id) && !busyIds.has(seen.id))
    .map(({ id, name }) => ({
      ...{ meaning: 'orphanInstance', target: targetNode(node), subject: id, values: { instance: name } },
    }));
}

/** Of one that runs there the other check tells. */
function judgeDefinitions({ known, busyIds, instances }: Snapshot, node: AnsweringNode): Found[] {
  const { defined, instances: seen } = node.answer;
  const runs = (id: string) => seen?.some((one) => one.id === id && isRunning(one)) ?? false;
  const belongs = (id: string) => instances.some((one) => one.id === id && isOn(one, node.id));
  return defined
    .filter(({ id }) => !belongs(id) && !busyIds.has(id) && !runs(id))
    .map(({ id, name }) => ({
      ...{ meaning: 'orphanDefinition', target: targetNode(node), subject: id },
      values: { instance: name, known: known.instanceIds.has(id) ? 'yes' : 'no' },
      mend: { kind: 'command', node: node.name, text: forgetCommand(id) },
    }));
}

/** The agent reads definitions when it starts; machines go on running meanwhile. */
const forgetCommand = (id: string) =>
  `rm -r /var/lib/corral/agent/instances/${id} && systemctl restart corral-agent`;

function judgeVolumes({ known, busyIds, instances }: Snapshot, node: AnsweringNode): Found[] {
  const here = new Set(
    instances.filter((one) => isOn(one, node.id)).flatMap(({ disks }) => disks.map(({ id }) => id)),
  );
  return (node.answer.volumes ?? []).flatMap((volume): Found[] => {
    const { kind, pool, name, diskId, instanceId, inUse, sizeMiB } = volume;
    if (diskId === null || here.has(diskId) || busyIds.has(instanceId ?? '')) return [];
    const common = { target: targetNode(node), subject: `${pool} ${name}` };
    const values = { volume: name, pool, sizeMiB };
    if (known.diskIds.has(diskId)) return [{ meaning: 'strayVolume', ...common, values }];
    const params = { nodeId: node.id, volume: { kind, pool, name } };
    const mend = { kind: 'operation', operation: 'node.removeVolume', params } as const;
    return [{ meaning: 'orphanVolume', ...common, values, mend: inUse ? null : mend }];
  });
}
