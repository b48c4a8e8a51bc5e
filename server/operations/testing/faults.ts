// Operations that misbehave on purpose at a chosen point. They wrap the real ones, so that the product itself knows nothing of faults.
import { AppError } from '@/contract/errors';
import type { BoundStep, Operation, StepContext } from '../../jobs/operation';
import { requestCancel } from '../../jobs/submit';
import type { Services } from '../services';

export type Point = { step: string; phase: 'do' | 'undo'; when: 'before' | 'after' };
export type Plan = {
  /** `hang` waits for the process to be killed. */
  strike?: { at: Point; how: 'fail' | 'cancel' | 'hang' };
  /** Besides: fails after this step's effect, so that undos are reached. */
  failAfter?: string;
  /** Every `do` and every `undo` runs twice. */
  twice?: boolean;
};

type Parts = { planOf: (key: string) => Plan | undefined; reached?: (key: string) => void };

/** Plans are kept for an operation on a target: both are known before the job is. */
export const planKey = (operation: string, targetId: string) => `${operation} ${targetId}`;

export function withFaults(operation: Operation<Services>, parts: Parts): Operation<Services> {
  return {
    ...operation,
    bind(params) {
      const bound = operation.bind(params);
      const plan = () => parts.planOf(planKey(operation.name, targetOf(params))) ?? {};
      const reached = () => parts.reached?.(planKey(operation.name, targetOf(params)));
      return { ...bound, steps: bound.steps.map((step) => faulty(step, plan, reached)) };
    },
  };
}

function targetOf(params: unknown): string {
  if (typeof params !== 'object' || params === null) return '';
  if ('instanceId' in params) return String(params.instanceId);
  if ('imageId' in params) return String(params.imageId);
  if ('nodeId' in params) return String(params.nodeId);
  return 'clusterId' in params ? String(params.clusterId) : '';
}

type Wrapped = BoundStep<Services>;

function faulty(step: Wrapped, planNow: () => Plan, reached: () => void): Wrapped {
  const pass = async (plan: Plan, ctx: StepContext<Services>, at: Omit<Point, 'step'>) => {
    const { strike } = plan;
    const isHere =
      strike?.at.step === step.name && strike.at.phase === at.phase && strike.at.when === at.when;
    if (isHere) await hit(strike.how, { ctx, step, reached });
    if (plan.failAfter === step.name && at.phase === 'do' && at.when === 'after') throw injected(step.name);
  };
  const { undo } = step;
  return {
    ...step,
    async do(ctx) {
      const plan = planNow();
      await pass(plan, ctx, { phase: 'do', when: 'before' });
      if (plan.twice) await step.do(ctx);
      const output = await step.do(ctx);
      await pass(plan, ctx, { phase: 'do', when: 'after' });
      return output;
    },
    ...(undo && {
      async undo(ctx) {
        const plan = planNow();
        await pass(plan, ctx, { phase: 'undo', when: 'before' });
        if (plan.twice) await undo(ctx);
        await undo(ctx);
        await pass(plan, ctx, { phase: 'undo', when: 'after' });
      },
    }),
  };
}

type Hit = { ctx: StepContext<Services>; step: Wrapped; reached: () => void };

async function hit(how: 'fail' | 'cancel' | 'hang', { ctx, step, reached }: Hit): Promise<void> {
  if (how === 'fail') throw injected(step.name);
  if (how === 'hang') {
    reached();
    return new Promise(() => {});
  }
  await ctx.db.$transaction((tx) => requestCancel(tx, ctx.jobId));
  if (step.cancelable && !ctx.signal.aborted)
    await new Promise((resolve) => ctx.signal.addEventListener('abort', resolve, { once: true }));
}

function injected(step: string): AppError {
  return new AppError('tool_failed', `Injected failure of ${step}`);
}
