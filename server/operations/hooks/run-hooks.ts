// Hooks around operations: scripts of the nodes' administrators that may refuse a job before anything is done, and hear of it when it is done.
// What happens when the engine crashes: the scripts of the phase `pre` and what was known then are recorded together with the job's check, so
// after a crash in the midst of them they run again, later not. Those of the phase `post` run last and are not recorded: a crash before the job
// has ended lets them run again from the first one. So a script has to stand being called twice with the same environment.
import { AppError, toErrorBody } from '@/contract/errors';
import { hookKey, type HookPhase, type HookResult } from '@/contract/hooks';
import { z } from 'zod';
import { HookEnv, HookName } from '@/contract/hooks';
import { Id } from '@/contract/names';
import { parseFacts } from '../../db/nodes';
import { callAgent } from '../placed-instance';
import type { Ctx } from '../services';

/** Which scripts run where, with what in their environment besides what all of them get. */
export const HookPlan = z.object({
  name: HookName,
  env: HookEnv,
  preNodes: z.array(Id),
  postNodes: z.array(Id),
});
export type HookPlan = z.infer<typeof HookPlan>;

/** What hooks cost where there are none. */
export async function anyNodeHasHooks(ctx: Ctx): Promise<boolean> {
  const [row] = await ctx.db.$queryRaw<{ some: boolean }[]>`
    SELECT EXISTS (SELECT FROM "Node" WHERE jsonb_typeof(facts->'hooks') = 'array' AND facts->'hooks' <> '[]'::jsonb) AS some`;
  return row?.some ?? false;
}

/** Throws the first refusal. What a node does not answer refuses nothing. */
export async function runPreHooks(ctx: Ctx, plan: HookPlan): Promise<void> {
  const outcomes = await runOn(ctx, plan, { phase: 'pre', nodeIds: plan.preNodes });
  for (const { node, results } of outcomes) {
    const failed = results.find(({ status }) => status === 'failed');
    if (failed)
      throw new AppError('wrong_state', `Hook ${failed.script} on ${node} refused: ${sayEnd(failed)}`, {
        details: { node, ...failed },
      });
  }
}

/** Nothing that happens here can fail the job any more. `after`: the same variables as they are now, null where they are no more. */
export async function runPostHooks(ctx: Ctx, plan: HookPlan, after: HookEnv | null): Promise<void> {
  const changed = Object.entries(after ?? {}).map(([key, value]) => [`POST_${key}`, value]);
  const env = { ...plan.env, ...Object.fromEntries(changed) };
  const outcomes = await runOn(ctx, { ...plan, env }, { phase: 'post', nodeIds: plan.postNodes });
  for (const { node, results } of outcomes)
    for (const failed of results.filter(({ status }) => status === 'failed'))
      ctx.log(`Hook ${failed.script} on ${node} failed: ${sayEnd(failed)}`, 'warn');
}

type Round = { phase: HookPhase; nodeIds: readonly string[] };
type Outcome = { node: string; results: HookResult[] };

/** On all nodes at once that have scripts of this hook. */
async function runOn(ctx: Ctx, { name, env }: HookPlan, { phase, nodeIds }: Round): Promise<Outcome[]> {
  const rows = await ctx.db.node.findMany({
    where: { id: { in: [...new Set(nodeIds)] }, state: { not: 'offline' } },
    select: { id: true, name: true, address: true, facts: true },
    orderBy: { name: 'asc' },
  });
  const nodes = rows.filter(({ facts }) => parseFacts(facts)?.hooks?.includes(hookKey(name, phase)));
  const variables = { ...env, HOOKS_PHASE: phase };
  const outcomes = nodes.map(async (node) => {
    const params = { name, phase, env: prefixed(variables) };
    try {
      const { results } = await callAgent(ctx, { node }, 'hooks.run', params);
      for (const result of results) tell(ctx, node.name, result);
      return [{ node: node.name, results }];
    } catch (error) {
      if (ctx.signal.aborted) throw error;
      ctx.log(
        `Hooks ${hookKey(name, phase)} on ${node.name} did not run: ${toErrorBody(error).message}`,
        'warn',
      );
      return [];
    }
  });
  return (await Promise.all(outcomes)).flat();
}

function tell(ctx: Ctx, node: string, { script, status, output }: HookResult): void {
  const said = output === '' ? '' : `: ${output}`;
  ctx.log(`Hook ${script} on ${node} ${status === 'ran' ? 'ran' : `was ${status}`}${said}`);
}

function sayEnd({ output, exitCode }: HookResult): string {
  return output === '' ? `exit code ${exitCode ?? 'unknown'}` : output;
}

/** As scripts get it. */
export function prefixed(env: HookEnv): HookEnv {
  const path = { PATH: '/sbin:/bin:/usr/sbin:/usr/bin' };
  return {
    ...path,
    ...Object.fromEntries(Object.entries(env).map(([key, value]) => [`GANETI_${key}`, value])),
  };
}
