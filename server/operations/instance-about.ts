// What OS scripts are told of an instance besides its definition.
import type { InstanceAbout } from '@/contract/agent-calls';
import type { PlacedInstance } from './placed-instance';

export function toAbout({ node, secondary, createdAt }: PlacedInstance, now = new Date()): InstanceAbout {
  return {
    primaryNode: node?.name ?? '',
    secondaryNodes: secondary ? [secondary.name] : [],
    createdAt: createdAt.toISOString(),
    changedAt: now.toISOString(),
  };
}
