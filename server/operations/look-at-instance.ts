// What a node says of one instance right now, which it knows better than what was stored last; and what an earlier step of a recipe found.
import { AppError } from '@/contract/errors';
import type { InstanceDefinition, ObservedInstance } from '@/contract/agent-calls';
import { callAgent, type InstanceNode } from './placed-instance';
import type { Ctx } from './services';

/** `seen` and `definition` are undefined where the node knows nothing of it; what stands still counts as running. */
export async function lookAtInstance(
  ctx: Ctx,
  node: Pick<InstanceNode, 'id' | 'name' | 'address'>,
  instanceId: string,
): Promise<{
  seen: ObservedInstance | undefined;
  definition: InstanceDefinition | undefined;
  isRunning: boolean;
}> {
  const { instances, defined } = await callAgent(ctx, { node }, 'instance.list', {});
  const seen = instances.find(({ id }) => id === instanceId);
  return {
    seen,
    definition: defined.find(({ id }) => id === instanceId),
    isRunning: seen?.operState === 'running' || seen?.operState === 'paused',
  };
}

/** What an earlier step answered. Only for what never runs without it: an undo may find that the step did not get so far. */
export function needOutput<O>(
  ctx: Ctx,
  earlier: { name: string; do: (...args: never[]) => Promise<O> },
): NonNullable<O> {
  const output = ctx.output(earlier);
  if (output !== undefined && output !== null) return output;
  throw new AppError('internal', `The step ${earlier.name} has answered nothing`);
}
