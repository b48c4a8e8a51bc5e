import type { ObservedInstance } from '@/contract/agent-calls';
import { toDefinition } from './node-disks';
import { callAgent, type InstanceNode, type PlacedInstance } from './placed-instance';
import type { Ctx } from './services';

/** Starts it as it is configured by now: what its node was told before may be older, as its cluster's parameters count for it, too. */
export async function startAsConfigured(
  ctx: Ctx,
  { instance, node }: { instance: PlacedInstance; node: InstanceNode },
): Promise<ObservedInstance> {
  await callAgent(ctx, { node }, 'instance.define', { definition: toDefinition(instance, node.id) });
  return callAgent(ctx, { node }, 'instance.start', { instanceId: instance.id });
}
