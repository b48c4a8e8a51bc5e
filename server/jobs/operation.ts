// What an operation is: named work with parameters, locks, a check and steps. The only file of server/jobs that operations import.
//
// Step laws:
// 1. `do` is idempotent: after a crash it runs again, also when its effect had happened already.
// 2. Its output is plain JSON, and the only way to pass data on to later steps.
// 3. `undo` tolerates that `do` never ran or ran half, and that it itself ran before. The failed step is undone too, then the earlier ones.
// 4. An undo that fails ends the job as `error` with needsAttention; the remaining ones still run.
import type { z } from 'zod';
import type { Db, Json, Tx } from '../db/client';
import type { Announcement } from '../events/publish';
import { type Lock, type LockWish, toLocks } from './locks';

export type LogLevel = 'info' | 'warn' | 'error';
export type StepOutput = Json | null | void;

export type StepContext<Services> = {
  jobId: number;
  db: Db;
  services: Services;
  /** Aborted when the job is to be canceled; never while undoing. */
  signal: AbortSignal;
  log: (message: string, level?: LogLevel) => void;
  /** 0 to 1 within this step. */
  progress: (done: number) => void;
  /** What an earlier step answered; undefined when it did not get to its end (as an undo may find it). */
  output: <O>(step: { name: string; do: (...args: never[]) => Promise<O> }) => O | undefined;
  /** One transaction; what is announced is published last in it. It may run more than once, and not at all when the job is to be canceled. */
  change: <T>(work: (tx: Tx, announce: Announce) => Promise<T>) => Promise<T>;
};
export type Announce = (...announcements: Announcement[]) => void;

export type Step<Services, Params, Output extends StepOutput = StepOutput> = {
  name: string;
  /** false: from here on it is too late, the job goes on to its end. */
  cancelable?: boolean;
  /** Pure. false: these parameters leave it nothing to do, so the job has no such step. */
  when?: (params: Params) => boolean;
  do: (ctx: StepContext<Services>, params: Params) => Promise<Output>;
  undo?: (ctx: StepContext<Services>, params: Params) => Promise<void>;
};

export function step<Services, Params, Output extends StepOutput>(
  name: string,
  work: Omit<Step<Services, Params, Output>, 'name'>,
): Step<Services, Params, Output> {
  return { name, ...work };
}

/** How a job that did not succeed ended. `undone`: nothing of its work is left. `began`: at least one step was started. */
export type Abandonment = { jobId: number; undone: boolean; began: boolean; announce: Announce };

export type OperationPlan<Services, Params> = {
  name: string;
  params: z.ZodType<Params>;
  /** Pure. Ids to lock exclusively, or shared. */
  locks: (params: Params) => LockWish;
  /** Pure. true: it is quick and makes room, so it waits neither for room on its node nor for its customer's share. */
  isUrgent?: (params: Params) => boolean;
  /** Read only: refuses before anything is done. */
  check?: (ctx: StepContext<Services>, params: Params) => Promise<void>;
  steps: Step<Services, Params>[];
  /**
   * Takes back what accepting the job had written. Runs in the transaction that ends a job without success, also one that never ran.
   * Answers `keep` when what the job reserved stays in use all the same.
   */
  abandon?: (tx: Tx, params: Params, end: Abandonment) => Promise<'keep' | 'release'>;
};

/** An operation with its parameters bound, as the runner works with it. */
export type BoundOperation<Services> = {
  locks: Lock[];
  isUrgent: boolean;
  check?: (ctx: StepContext<Services>) => Promise<void>;
  /** Follows upon `check` and is recorded with it; refuses like it. What it answers is handed to `after`. */
  before?: (ctx: StepContext<Services>) => Promise<StepOutput>;
  steps: BoundStep<Services>[];
  /** When all steps have succeeded. Not recorded: runs again after a crash. Its failure is only logged. */
  after?: (ctx: StepContext<Services>, before: StepOutput) => Promise<void>;
  abandon?: (tx: Tx, end: Abandonment) => Promise<'keep' | 'release'>;
};
export type BoundStep<Services> = {
  name: string;
  cancelable: boolean;
  do: (ctx: StepContext<Services>) => Promise<StepOutput>;
  undo?: (ctx: StepContext<Services>) => Promise<void>;
};

export type Operation<Services> = {
  name: string;
  /** All that a job of it can have. */
  stepNames: string[];
  /** Those from which a cancel turns back. */
  cancelableSteps: string[];
  /** Those with an undo. */
  undoneSteps: string[];
  /** Throws when the parameters are not what the operation takes. */
  bind: (params: unknown) => BoundOperation<Services>;
};

export function operation<Services, Params>(plan: OperationPlan<Services, Params>): Operation<Services> {
  const { check, abandon, steps } = plan;
  return {
    name: plan.name,
    stepNames: steps.map((s) => s.name),
    cancelableSteps: steps.filter((s) => s.cancelable ?? true).map((s) => s.name),
    undoneSteps: steps.filter((s) => s.undo).map((s) => s.name),
    bind(raw) {
      const params = plan.params.parse(raw);
      return {
        locks: toLocks(plan.locks(params)),
        isUrgent: plan.isUrgent?.(params) ?? false,
        ...(check && { check: (ctx) => check(ctx, params) }),
        ...(abandon && { abandon: (tx, end) => abandon(tx, params, end) }),
        steps: steps
          .filter(({ when }) => when?.(params) ?? true)
          .map(({ name, cancelable = true, do: run, undo }) => ({
            name,
            cancelable,
            do: (ctx) => run(ctx, params),
            ...(undo && { undo: (ctx) => undo(ctx, params) }),
          })),
      };
    },
  };
}
