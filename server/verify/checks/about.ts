// What several checks ask of a snapshot.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { VerifyTarget } from '@/contract/schemas/verify';
import type { NodeAnswer, Snapshot, VerifiedInstance, VerifiedNode } from '../snapshot';

export type AnsweringNode = VerifiedNode & { answer: NodeAnswer };

export function answering({ nodes }: Snapshot): AnsweringNode[] {
  return nodes.flatMap((node) => (node.answer ? [{ ...node, answer: node.answer }] : []));
}

/** Wholly there, and nobody works on them. */
export function atRest({ instances, busyIds }: Snapshot): VerifiedInstance[] {
  return instances.filter(({ id, lifecycle }) => lifecycle === 'ready' && !busyIds.has(id));
}

export function isRunning({ operState }: ObservedInstance): boolean {
  return operState === 'running' || operState === 'paused';
}

/** The nodes where an instance runs, as they say; one that only arrives does not run there yet. */
export function runsOn(nodes: AnsweringNode[], instanceId: string): AnsweringNode[] {
  return nodes.filter(({ answer }) =>
    answer.instances?.some((seen) => seen.id === instanceId && isRunning(seen)),
  );
}

export const isOn = ({ nodeId, secondaryId }: VerifiedInstance, id: string) =>
  nodeId === id || secondaryId === id;

export const targetNode = ({ id, name }: VerifiedNode): VerifyTarget => ({ kind: 'node', id, name });
export const targetInstance = ({ id, name }: VerifiedInstance): VerifyTarget => ({
  ...{ kind: 'instance', id, name },
});

/** "0, 2" */
export const indexesOf = (disks: { index: number }[]) => disks.map(({ index }) => index).join(', ');
