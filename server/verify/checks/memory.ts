// Whether each node could take over what any one other node runs: all that is mirrored from there, up or down.
import { memoryReserveMiB } from '../../placement/room';
import type { Check, Snapshot } from '../snapshot';
import { answering, type AnsweringNode, targetNode } from './about';

export const checkMemory: Check = (snapshot) =>
  answering(snapshot).flatMap((node) => {
    const freeMiB = freeOn(snapshot, node);
    return snapshot.nodes.flatMap((peer) => {
      const moved = snapshot.instances.filter(
        ({ nodeId, secondaryId, adminState }) =>
          nodeId === peer.id && secondaryId === node.id && adminState !== 'offline',
      );
      const neededMiB = moved.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
      if (peer.state === 'offline' || neededMiB <= freeMiB) return [];
      const values = { peer: peer.name, count: moved.length, neededMiB, freeMiB };
      return [{ meaning: 'memoryShort', target: targetNode(node), subject: peer.id, values }];
    });
  });

/** What guests have not touched yet is promised all the same. */
function freeOn({ instances }: Snapshot, { id, answer }: AnsweringNode): number {
  const { totalMiB, freeMiB } = answer.facts.memory;
  const up = instances.filter(({ nodeId, adminState }) => nodeId === id && adminState === 'up');
  const promisedMiB = up.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0);
  return Math.max(0, Math.min(freeMiB, totalMiB - memoryReserveMiB(totalMiB) - promisedMiB));
}
