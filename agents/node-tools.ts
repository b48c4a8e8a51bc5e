// What a node can do besides having instances: power other nodes off, tell what lies on it, take commands of operators where it allows them,
// copy disks to other nodes.
import type { NodeFacts } from '@/contract/schemas/node';
import type { DiskCopy } from './disk-copy/disk-copy';
import type { FenceRunner } from './fencing/fence-runner';
import type { OperatorTools } from './operator/operator-tools';
import type { VolumeSource } from './storage/volume-source';

export type NodeTools = {
  fencing: FenceRunner;
  operator: OperatorTools;
  volumes: VolumeSource[];
  copies: DiskCopy;
};

type ToolFacts = Pick<NodeFacts, 'fenceHooks' | 'allowsCommands'>;

/** A node that cannot tell one thing is still worth knowing. */
export async function readToolFacts({ fencing, operator }: NodeTools): Promise<ToolFacts> {
  const [fenceHooks, allowsCommands] = await Promise.all([
    fencing.list().catch(() => []),
    operator.isAllowed().catch(() => false),
  ]);
  return { fenceHooks, allowsCommands };
}
