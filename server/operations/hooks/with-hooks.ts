// Puts hooks around operations, which themselves know nothing of them.
import type { OperationName } from '@/contract/operations';
import type { BoundStep, Operation } from '../../jobs/operation';
import type { Ctx, Services } from '../services';
import { hookTable, planHooks } from './hook-table';
import { anyNodeHasHooks, HookPlan, runPostHooks, runPreHooks } from './run-hooks';

type Hooked = Operation<Services>;

export function withHooks<Name extends OperationName>(
  operations: Record<Name, Hooked>,
): Record<Name, Hooked> {
  const hooked = { ...operations };
  for (const name of namesOf(operations)) hooked[name] = withHook(name, operations[name]);
  return hooked;
}

function withHook(name: OperationName, operation: Hooked): Hooked {
  const row = hookTable[name];
  if (!row) return operation;
  return {
    ...operation,
    bind(params) {
      const bound = operation.bind(params);
      const planNow = (ctx: Ctx) => planHooks(ctx, row, params);
      const { placedBy } = row;
      if (placedBy !== undefined) {
        const steps = bound.steps.map((step) =>
          step.name === placedBy ? refusedAfter(step, planNow) : step,
        );
        return { ...bound, steps, after: (ctx) => runAfter(ctx, null, planNow) };
      }
      return {
        ...bound,
        async before(ctx) {
          if (!(await anyNodeHasHooks(ctx))) return null;
          const plan = await planNow(ctx);
          await runPreHooks(ctx, plan);
          return plan;
        },
        after: (ctx, before) =>
          before === null || before === undefined
            ? Promise.resolve()
            : runAfter(ctx, HookPlan.parse(before), planNow),
      };
    },
  };
}

/** The scripts `pre` of an instance that has no nodes before this step. They run again when the step does. */
function refusedAfter(step: BoundStep<Services>, planNow: (ctx: Ctx) => Promise<HookPlan>) {
  return {
    ...step,
    async do(ctx: Ctx) {
      const output = await step.do(ctx);
      if (await anyNodeHasHooks(ctx)) await runPreHooks(ctx, await planNow(ctx));
      return output;
    },
  };
}

async function runAfter(
  ctx: Ctx,
  before: HookPlan | null,
  planNow: (ctx: Ctx) => Promise<HookPlan>,
): Promise<void> {
  if (!(await anyNodeHasHooks(ctx))) return;
  // What was removed has nothing to say any more.
  const now = await planNow(ctx).catch(() => null);
  const plan = before ?? now;
  if (plan) await runPostHooks(ctx, plan, now?.env ?? null);
}

function namesOf<Name extends string>(operations: Record<Name, Hooked>): Name[] {
  // Object.keys forgets that the registry is complete and closed.
  return Object.keys(operations) as Name[];
}
