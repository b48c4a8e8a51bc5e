// What a step is given to work with; one for each step of a running job.
import { transact } from '../db/transact';
import { type Announcement, publish } from '../events/publish';
import type { JobHost } from './host';
import { type JobLog, openJobLog } from './job-log';
import type { StepContext, StepOutput } from './operation';
import { openProgress } from './progress';
import { openStepWrites, type StepWrites } from './step-writes';

/** A job while it runs in this process. */
export type RunningJob<S> = {
  id: number;
  host: JobHost<S>;
  log: JobLog;
  steps: StepWrites;
  outputs: Map<string, StepOutput>;
};

export function openRunningJob<S>(host: JobHost<S>, id: number): RunningJob<S> {
  return { id, host, log: openJobLog(host.db, id), steps: openStepWrites(host.db, id), outputs: new Map() };
}

export type OpenStep<S> = { ctx: StepContext<S>; close: () => Promise<void> };

export function openStep<S>(job: RunningJob<S>, step: string | null, signal: AbortSignal): OpenStep<S> {
  const { db, services } = job.host;
  const progress = openProgress(db, job.id);
  const ctx: StepContext<S> = {
    jobId: job.id,
    db,
    services,
    signal,
    log: (message, level = 'info') => job.log.write({ level, step, message }),
    progress: progress.report,
    // The output has been through JSON, which the type of every step's output allows; the step's own type says what it was.
    output: <O>(earlier: { name: string; do: (...args: never[]) => Promise<O> }) =>
      job.outputs.get(earlier.name) as O | undefined,
    change: (work) =>
      transact(db, async (tx) => {
        signal.throwIfAborted();
        const announcements: Announcement[] = [];
        const result = await work(tx, (...more) => void announcements.push(...more));
        await publish(tx, ...announcements);
        return result;
      }),
  };
  return {
    ctx,
    async close() {
      await progress.stop();
      await job.log.flush();
    },
  };
}
