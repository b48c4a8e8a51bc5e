// An instance runs only where the hypervisor does that it is for.
import { AppError } from '@/contract/errors';
import { parseFacts } from '../db/nodes';
import type { InstanceNode, PlacedInstance } from './placed-instance';

/** By what the node told last: machines may have been booted with another hypervisor since an instance was placed on them. */
export function requireHypervisor(doing: string, instance: PlacedInstance, node: InstanceNode): void {
  const kinds = parseFacts(node.facts)?.hypervisors.map(({ kind }) => kind);
  if (!kinds || kinds.includes(instance.hypervisor)) return;
  const has = kinds.length > 0 ? kinds.join(', ') : 'no hypervisor';
  throw new AppError(
    'wrong_state',
    `Cannot ${doing} ${instance.name}: it is for ${instance.hypervisor}, and ${node.name} has ${has}`,
  );
}
