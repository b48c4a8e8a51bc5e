// Whether instances run where and as they should.
import type { Check, Found, Snapshot, VerifiedInstance } from '../snapshot';
import { answering, type AnsweringNode, atRest, isRunning, runsOn, targetInstance } from './about';

export const checkInstances: Check = (snapshot) => {
  const nodes = answering(snapshot);
  return atRest(snapshot).flatMap((instance) => [
    ...(judgeMigration(nodes, instance) ?? [
      ...judgeDown(snapshot, nodes, instance),
      ...judgeTroubles(nodes, instance),
      ...judgePlace(nodes, instance),
    ]),
    ...judgeNodes(snapshot, instance),
  ]);
};

/** While nobody works on it, nothing may move. */
function judgeMigration(nodes: AnsweringNode[], instance: VerifiedInstance): Found[] | null {
  const moving = nodes.filter(({ answer }) =>
    answer.instances?.some((seen) => seen.id === instance.id && seen.migration !== null),
  );
  if (moving.length === 0) return null;
  return [
    {
      ...{ meaning: 'migrationInterrupted', target: targetInstance(instance) },
      values: { nodes: moving.map(({ name }) => name).join(', ') },
      mend: cleanup(instance),
    },
  ];
}

function judgeDown({ cluster }: Snapshot, nodes: AnsweringNode[], instance: VerifiedInstance): Found[] {
  const { id, adminState, nodeId } = instance;
  const node = nodes.find((one) => one.id === nodeId);
  if (adminState !== 'up' || !node?.answer.instances) return [];
  if (runsOn(nodes, id).length > 0) return [];
  const seen = node.answer.instances.find((one) => one.id === id);
  if (cluster.userShutdown && seen?.operState === 'shutdown') return [];
  return [
    {
      ...{ meaning: 'instanceDown', target: targetInstance(instance) },
      values: { node: node.name, detail: seen?.detail ?? '' },
      mend: { kind: 'operation', operation: 'instance.start', params: { instanceId: id } },
    },
  ];
}

/** It runs, or stands still, and lacks something that its node's agent has words for. */
function judgeTroubles(nodes: AnsweringNode[], instance: VerifiedInstance): Found[] {
  const seen = nodes
    .find(({ id }) => id === instance.nodeId)
    ?.answer.instances?.find(({ id }) => id === instance.id);
  if (!seen || !isRunning(seen) || seen.detail === null) return [];
  return [{ meaning: 'instanceTroubled', target: targetInstance(instance), values: { detail: seen.detail } }];
}

function judgePlace(nodes: AnsweringNode[], instance: VerifiedInstance): Found[] {
  const { id, nodeId, secondaryId } = instance;
  const target = targetInstance(instance);
  const running = runsOn(nodes, id);
  const names = running.map(({ name }) => name).join(', ');
  if (running.length > 1) return [{ meaning: 'runsTwice', target, values: { nodes: names } }];
  const [only] = running;
  if (!only || only.id === nodeId) return [];
  // Only where the primary node can say that it does not run there may the other one become it.
  const isCertain = nodes.some((node) => node.id === nodeId && node.answer.instances);
  const mend = only.id === secondaryId && isCertain ? cleanup(instance) : null;
  return [{ meaning: 'wrongNode', target, values: { nodes: names }, mend }];
}

function judgeNodes({ nodes }: Snapshot, instance: VerifiedInstance): Found[] {
  const target = targetInstance(instance);
  const node = nodes.find(({ id }) => id === instance.nodeId);
  const secondary = nodes.find(({ id }) => id === instance.secondaryId);
  const found: Found[] = [];
  if (node?.state === 'offline' && instance.adminState === 'up')
    found.push({ meaning: 'badPrimary', target, values: { node: node.name } });
  if (secondary?.state === 'offline')
    found.push({ meaning: 'badSecondary', target, values: { node: secondary.name } });
  if (node && secondary && node.group?.id !== secondary.group?.id)
    found.push({ meaning: 'splitGroups', target, values: { node: node.name, secondary: secondary.name } });
  return found;
}

const cleanup = ({ id }: VerifiedInstance) => ({
  ...({ kind: 'operation', operation: 'instance.cleanupMigration', params: { instanceId: id } } as const),
});
