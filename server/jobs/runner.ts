// Runs one job from its first step to its end: the steps in order; after a failure or a cancel the undos of the failed step and of all
// earlier ones, in reverse. The same code runs again after a crash, where every finished step answers what it answered before.
import { type ErrorBody, toErrorBody } from '@/contract/errors';
import { markInternal } from '../db/hide-names';
import { isOutage } from '../db/transact';
import { log } from '../log';
import { finishJob, type Outcome } from './finish';
import { bindJob, type JobHost } from './host';
import type { BoundOperation, StepOutput } from './operation';
import { forever, runAfter, runCheck, runStep, runUndo } from './run-step';
import { openRunningJob, type RunningJob } from './step-context';
import { isOtherRecipe } from './workflows';

type Failure = {
  error: ErrorBody;
  /** Steps to undo, from this index down; -1 for none. */ undoFrom: number;
};

export async function runJob<S>(host: JobHost<S>, jobId: number): Promise<void> {
  try {
    await runToEnd(host, jobId);
  } catch (error) {
    if (!host.isEnding()) host.fatal(`Cannot go on with job ${jobId}`, error);
    return forever();
  }
}

async function runToEnd<S>(host: JobHost<S>, jobId: number): Promise<void> {
  const row = await host.db.job.findUniqueOrThrow({
    where: { id: jobId },
    select: { operation: true, params: true },
  });
  let bound: BoundOperation<S>;
  try {
    bound = bindJob(host, row);
  } catch (error) {
    return giveUp(host, { jobId, bound: null, why: toErrorBody(error).message });
  }
  try {
    const job = openRunningJob(host, jobId);
    const outcome = await runToOutcome(job, bound);
    await job.steps.flush();
    await endJob(host, { jobId, bound, outcome });
  } catch (error) {
    if (host.isEnding() || !isOtherRecipe(error)) throw error;
    await giveUp(host, { jobId, bound, why: 'Another version of this product began the job' });
  }
}

type End<S> = { jobId: number; bound: BoundOperation<S> | null };

/**
 * Ends a job; when taking back its acceptance fails for a reason of its own, then without, for a person to look at. Throws when the database
 * is the reason: the next engine ends the job as it should end.
 */
export async function endJob<S>(host: JobHost<S>, end: End<S> & { outcome: Outcome }): Promise<void> {
  try {
    await finishJob({ ...end, db: host.db, onFinished: host.onFinished });
  } catch (error) {
    if (isOutage(error)) throw error;
    await host.confirm();
    log.error({ error, jobId: end.jobId }, 'Cannot end a job as it should end');
    const { jobId } = end;
    const outcome = givenUp(`The end of the job failed: ${toErrorBody(error).message}`);
    // What a job made that did all its steps is there, and is charged.
    const keep = end.outcome.status === 'success';
    await finishJob({ jobId, outcome, bound: null, keep, db: host.db, onFinished: host.onFinished });
  }
}

/** Ends a job that cannot be run or undone by this version; a person must look at what it left. */
export async function giveUp<S>(host: JobHost<S>, { why, ...end }: End<S> & { why: string }): Promise<void> {
  await endJob(host, { ...end, outcome: givenUp(why) });
}

function givenUp(why: string): Outcome {
  const error = toErrorBody(new Error(`${why}; what it did was not undone`));
  return { status: 'error', error, needsAttention: true, began: true };
}

async function runToOutcome<S>(job: RunningJob<S>, bound: BoundOperation<S>): Promise<Outcome> {
  const failure = await runForward(job, bound);
  if (!failure) return { status: 'success', error: null, needsAttention: false, began: true };
  const undoErrors = await undoBack(job, bound, failure.undoFrom);
  const began = failure.undoFrom >= 0;
  if (undoErrors.length > 0) {
    const left = undoErrors.map((error) => markInternal(error, job.id)).join('; ');
    const message = `${failure.error.message}. Not everything could be undone: ${left}`;
    return { status: 'error', error: { ...failure.error, message }, needsAttention: true, began };
  }
  const status = failure.error.code === 'canceled' ? 'canceled' : 'error';
  return { status, error: failure.error, needsAttention: false, began };
}

async function runForward<S>(job: RunningJob<S>, bound: BoundOperation<S>): Promise<Failure | null> {
  let before: StepOutput = null;
  if (bound.check || bound.before) {
    const checked = await runCheck(job, async (ctx) => {
      await bound.check?.(ctx);
      return bound.before?.(ctx);
    });
    if (!checked.ok) return { error: checked.error, undoFrom: -1 };
    before = checked.output;
  }
  for (const [index, step] of bound.steps.entries()) {
    const result = await runStep(job, index, step);
    if (!result.ok) return { error: result.error, undoFrom: result.began ? index : index - 1 };
    job.outputs.set(step.name, result.output);
  }
  const { after } = bound;
  if (after) await runAfter(job, (ctx) => after(ctx, before));
  return null;
}

async function undoBack<S>(job: RunningJob<S>, bound: BoundOperation<S>, from: number): Promise<ErrorBody[]> {
  const errors: ErrorBody[] = [];
  for (let index = from; index >= 0; index -= 1) {
    const step = bound.steps[index];
    const result = step ? await runUndo(job, index, step) : null;
    if (result && !result.ok) errors.push(result.error);
  }
  return errors;
}
