// Whether the disks of instances are where and as large as the database says.
import type { Mend } from '@/contract/schemas/verify';
import type { Check, Found, VerifiedDisk, VerifiedInstance } from '../snapshot';
import { answering, type AnsweringNode, atRest, indexesOf, isOn, targetInstance } from './about';

/** LVM rounds up to whole extents in each stripe; larger ones than this are not in use. */
const extentMiB = 32;

export const checkDisks: Check = (snapshot) => {
  const nodes = answering(snapshot);
  return atRest(snapshot).flatMap((instance) =>
    nodes.filter(({ id }) => isOn(instance, id)).flatMap((node) => judgeOn(node, instance)),
  );
};

function judgeOn(node: AnsweringNode, instance: VerifiedInstance): Found[] {
  const { disks: there } = node.answer;
  if (!there) return [];
  const sizeOf = ({ id }: VerifiedDisk) => there.find((one) => one.diskId === id)?.sizeMiB;
  const disks = instance.disks.filter(({ isReady }) => isReady);
  const missing = disks.filter((disk) => sizeOf(disk) === undefined);
  const differing = disks.filter((disk) => {
    const sizeMiB = sizeOf(disk);
    return sizeMiB !== undefined && !fits(instance, disk, sizeMiB);
  });
  const common = { target: targetInstance(instance), subject: node.id } as const;
  const found: Found[] = [];
  if (missing.length > 0)
    found.push({
      ...{ meaning: 'diskMissing', ...common, values: { disks: indexesOf(missing), node: node.name } },
      mend: rebuild(instance, node.id),
    });
  if (differing.length > 0) {
    const values = { disks: indexesOf(differing), node: node.name };
    found.push({ meaning: 'diskSize', ...common, values });
  }
  return found;
}

function fits(
  { diskTemplate }: VerifiedInstance,
  { sizeMiB, stripes }: VerifiedDisk,
  there: number,
): boolean {
  const isRounded = diskTemplate === 'plain' || diskTemplate === 'drbd';
  return isRounded ? there >= sizeMiB && there < sizeMiB + extentMiB * stripes : there === sizeMiB;
}

/** Of a mirrored disk the other side has all of it; of others nobody has. */
export function rebuild({ id, diskTemplate, nodeId }: VerifiedInstance, onNodeId: string): Mend | null {
  if (diskTemplate !== 'drbd') return null;
  const mode = onNodeId === nodeId ? 'primary' : 'secondary';
  return { kind: 'operation', operation: 'instance.replaceDisks', params: { instanceId: id, mode } };
}
