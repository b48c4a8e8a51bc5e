// Runs one step or one undo durably. Nothing is thrown out of the durable part: an error is an output like any other, so that its code
// survives and a recovered job takes the same turn again.
import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorBody, type ErrorCode, toErrorBody } from '@/contract/errors';
import { markInternal } from '../db/hide-names';
import type { JobHost } from './host';
import { storableJson } from './job-rows';
import type { BoundStep, StepContext, StepOutput } from './operation';
import { openStep, type RunningJob } from './step-context';
import { durably } from './workflows';

/** `began` is false when the step was not entered: canceled before, or refused by the check. */
export type StepResult = { ok: true; output: StepOutput } | { ok: false; error: ErrorBody; began: boolean };

const retriable: ErrorCode[] = ['unavailable', 'busy', 'timeout'];
const never = new AbortController().signal;

export async function runCheck<S>(
  job: RunningJob<S>,
  check: (ctx: StepContext<S>) => Promise<StepOutput>,
): Promise<StepResult> {
  const signal = job.host.cancels.signalOf(job.id);
  const { result } = await record(job, 'check', async () => {
    const checked = await attempt(job, { name: null, signal, work: check });
    return checked.ok ? checked : { ...checked, began: false };
  });
  return result;
}

/** What follows upon success is not recorded, so a job that is recovered does it again. */
export async function runAfter<S>(
  job: RunningJob<S>,
  after: (ctx: StepContext<S>) => Promise<void>,
): Promise<void> {
  await attempt(job, { name: null, signal: never, work: after });
}

export async function runStep<S>(job: RunningJob<S>, index: number, step: BoundStep<S>): Promise<StepResult> {
  const signal = step.cancelable ? job.host.cancels.signalOf(job.id) : never;
  const { result, isReplay } = await record(job, step.name, async () => {
    if (signal.aborted) return { ok: false, error: toErrorBody(signal.reason), began: false };
    job.steps.add({ index, status: 'running', at: new Date() });
    return attempt(job, { name: step.name, signal, work: step.do });
  });
  const end = { index, isReplay, at: new Date() };
  if (result.ok) job.steps.add({ ...end, status: 'done' });
  else if (result.began) job.steps.add({ ...end, status: 'failed', error: result.error });
  return result;
}

/** Tries a few times what may work a little later. */
export async function runUndo<S>(job: RunningJob<S>, index: number, step: BoundStep<S>): Promise<StepResult> {
  const { undo } = step;
  if (!undo) return { ok: true, output: null };
  const { result, isReplay } = await record(job, `undo ${step.name}`, async () => {
    job.steps.add({ index, status: 'undoing', at: new Date() });
    return retried(job.host, () => attempt(job, { name: step.name, signal: never, work: undo }));
  });
  const end = { index, isReplay, at: new Date() };
  if (result.ok) job.steps.add({ ...end, status: 'undone' });
  else job.steps.add({ ...end, status: 'undoFailed', error: result.error });
  return result;
}

async function retried<S>(host: JobHost<S>, work: () => Promise<StepResult>): Promise<StepResult> {
  for (const waitMs of host.undoRetryMs) {
    const result = await work();
    if (result.ok || !retriable.includes(result.error.code)) return result;
    await sleep(waitMs);
  }
  return work();
}

type Attempt<S> = {
  name: string | null;
  signal: AbortSignal;
  work: (ctx: StepContext<S>) => Promise<StepOutput>;
};

async function attempt<S>(job: RunningJob<S>, { name, signal, work }: Attempt<S>): Promise<StepResult> {
  const step = openStep(job, name, signal);
  try {
    const output = await work(step.ctx);
    return { ok: true, output: output ?? null };
  } catch (thrown) {
    const error = toErrorBody(signal.aborted ? signal.reason : thrown);
    const message = markInternal(error, job.id);
    job.log.write({ level: signal.aborted ? 'warn' : 'error', step: name, message });
    return { ok: false, error, began: true };
  } finally {
    await step.close();
  }
}

/**
 * Records the result, unless this process is ending or is no longer the active engine: then a failure may come from just that, so nothing is
 * recorded and the step runs again under the next engine. `isReplay`: an earlier engine recorded it.
 */
async function record<S>(
  job: RunningJob<S>,
  name: string,
  work: () => Promise<StepResult>,
): Promise<{ result: StepResult; isReplay: boolean }> {
  const { host } = job;
  let isReplay = true;
  const text = await durably(name, async () => {
    isReplay = false;
    try {
      const result = await work();
      if (host.isEnding()) return await forever();
      if (!result.ok) await host.confirm();
      // As text: what DBOS stores is what is read again, whatever its own format makes of the value.
      return storableJson(result);
    } catch (error) {
      if (!host.isEnding()) host.fatal(`Cannot record a step of job ${job.id}`, error);
      return forever();
    }
  });
  // Written by the line above, in this run or before a crash.
  const result = JSON.parse(text) as StepResult;
  return { result, isReplay };
}

export function forever(): Promise<never> {
  return new Promise<never>(() => {});
}
