// Looks at the queue whenever something changed and acts on what pickRunnable decides. One round at a time; a wake-up during a round leads to
// another one.
import { AsyncResource } from 'node:async_hooks';
import { AppError, type ErrorBody, toErrorBody } from '@/contract/errors';
import { bindJob, type JobHost } from './host';
import {
  markCanceling,
  markQueued,
  markRunning,
  markWaiting,
  readUnfinishedJobs,
  type UnfinishedJob,
} from './job-rows';
import type { BoundOperation } from './operation';
import { type Decision, type Dependency, pickRunnable, type RunLimits } from './pick-runnable';
import { endJob, giveUp, runJob } from './runner';
import type { Workflows } from './workflows';

type Unfinished<S> = UnfinishedJob & { bound: BoundOperation<S> };

export class Scheduler<S> {
  readonly #host: JobHost<S>;
  readonly #limits: RunLimits | undefined;
  readonly #bound = new Map<number, BoundOperation<S>>();
  /** Jobs whose workflow runs in this process. */
  readonly #active = new Set<number>();
  #workflows: Workflows | undefined;
  #round: Promise<void> | undefined;
  #again = false;

  constructor(host: JobHost<S>, limits?: RunLimits) {
    this.#host = host;
    this.#limits = limits;
  }

  /** The body of every job's workflow. */
  run = async (jobId: number): Promise<void> => {
    this.#active.add(jobId);
    await runJob(this.#host, jobId);
    this.#active.delete(jobId);
    this.#host.cancels.forget(jobId);
    this.wake();
  };

  start(workflows: Workflows): void {
    this.#workflows = workflows;
    this.wake();
  }

  /** Bound to where the scheduler was made: called at a workflow's end it would else start the next jobs as that workflow's children. */
  readonly wake = AsyncResource.bind((): void => {
    this.#again = true;
    this.#round ??= this.#rounds();
  });

  async #rounds(): Promise<void> {
    const workflows = this.#workflows;
    try {
      while (workflows && this.#again && !this.#host.isEnding()) {
        this.#again = false;
        await this.#runRound(workflows);
      }
    } catch (error) {
      if (!this.#host.isEnding()) this.#host.fatal('Cannot read or write the job queue', error);
    } finally {
      this.#round = undefined;
    }
  }

  async #runRound(workflows: Workflows): Promise<void> {
    const jobs = await this.#bindAll(await readUnfinishedJobs(this.#host.db));
    const pending = jobs.filter((job) => job.status === 'queued' || job.status === 'waiting');
    const running = jobs.filter((job) => job.status === 'running' || job.status === 'canceling');
    await Promise.all(running.map((job) => this.#attend(workflows, job)));
    for (const job of pending.filter(isToBeCanceled)) await this.#end(job, canceledBeforeItRan(job));
    const decisions = pickRunnable({
      pending: pending.filter((job) => !isToBeCanceled(job)).map(toPick),
      running: running.map(toPick),
      ...(this.#limits && { limits: this.#limits }),
    });
    const byId = new Map(pending.map((job) => [job.id, job]));
    await Promise.all(decisions.map((decision) => this.#act(workflows, decision, byId.get(decision.id))));
  }

  async #act(workflows: Workflows, decision: Decision, job: Unfinished<S> | undefined): Promise<void> {
    if (!job) return;
    const { db } = this.#host;
    switch (decision.kind) {
      case 'run':
        if (await markRunning(db, job.id, stepNames(job.bound))) await workflows.start(job.id);
        else this.wake();
        return;
      case 'wait':
        if (job.status !== 'waiting' || job.waitsFor !== decision.waitsFor)
          await markWaiting(db, job.id, decision.waitsFor);
        return;
      case 'hold':
        if (job.status === 'waiting') await markQueued(db, job.id);
        return;
      case 'cancel':
      case 'fail':
        return this.#end(job, dependencyError(decision.kind, decision.dependency));
    }
  }

  /** A running job: hands on a cancel, and starts it where a crash came between its row and its workflow. */
  async #attend(workflows: Workflows, job: Unfinished<S>): Promise<void> {
    if (job.cancelRequested) {
      this.#host.cancels.cancel(job.id);
      if (job.status === 'running') await markCanceling(this.#host.db, job.id);
    }
    if (this.#active.has(job.id)) return;
    await workflows.start(job.id);
    if (!this.#active.has(job.id) && (await workflows.hasEnded(job.id)))
      await giveUp(this.#host, { jobId: job.id, bound: job.bound, why: 'The job stopped unexpectedly' });
  }

  async #end(job: Unfinished<S>, error: ErrorBody): Promise<void> {
    const status = error.code === 'canceled' ? 'canceled' : 'error';
    const outcome = { status, error, needsAttention: false, began: false } as const;
    await endJob(this.#host, { jobId: job.id, outcome, bound: job.bound });
    this.#bound.delete(job.id);
    this.wake();
  }

  /** Jobs that this version cannot run end here, with the reason. */
  async #bindAll(rows: UnfinishedJob[]): Promise<Unfinished<S>[]> {
    const jobs: Unfinished<S>[] = [];
    for (const row of rows) {
      try {
        const bound = this.#bound.get(row.id) ?? bindJob(this.#host, row);
        this.#bound.set(row.id, bound);
        jobs.push({ ...row, bound });
      } catch (error) {
        await giveUp(this.#host, { jobId: row.id, bound: null, why: toErrorBody(error).message });
      }
    }
    if (this.#bound.size > rows.length) {
      const known = new Set(rows.map((row) => row.id));
      for (const id of this.#bound.keys()) if (!known.has(id)) this.#bound.delete(id);
    }
    return jobs;
  }
}

function toPick<S>(job: Unfinished<S>) {
  return { ...job, locks: job.bound.locks, isUrgent: job.bound.isUrgent };
}

/** Also what was accepted in the very moment in which its account was disabled. */
function isToBeCanceled({ cancelRequested, isCreatorDisabled }: UnfinishedJob): boolean {
  return cancelRequested || isCreatorDisabled;
}

function canceledBeforeItRan({ isCreatorDisabled }: UnfinishedJob): ErrorBody {
  const why = isCreatorDisabled ? ': the account that asked for it is disabled' : '';
  return toErrorBody(new AppError('canceled', `Canceled before it ran${why}`));
}

function stepNames<S>(bound: BoundOperation<S>): string[] {
  return bound.steps.map((step) => step.name);
}

function dependencyError(kind: 'cancel' | 'fail', { jobId, status }: Dependency): ErrorBody {
  if (kind === 'cancel')
    return toErrorBody(new AppError('canceled', `Canceled with job ${jobId}, which it waited for`));
  const how = status === null ? 'is not known any more' : `ended with ${status}`;
  return toErrorBody(
    new AppError('wrong_state', `Job ${jobId}, which it waited for, ${how}`, { details: { jobId } }),
  );
}
