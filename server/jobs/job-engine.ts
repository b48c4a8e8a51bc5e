// The engine's job half: scheduler, runner and durable workflows put together. It knows no operation by name; they are handed in.
import type { Db } from '../db/client';
import { log } from '../log';
import type { OnFinished } from './finish';
import { Cancels, type JobHost } from './host';
import type { Leader } from './leader';
import type { Operation } from './operation';
import type { RunLimits } from './pick-runnable';
import { Scheduler } from './scheduler';
import { launchWorkflows } from './workflows';

export type JobEngine = {
  /** Takes no more jobs and records nothing more: steps that run are cut off by the end of the process and run again after the next start. */
  stop: () => void;
  /** Also closes the connections, for a process that goes on. */
  close: () => Promise<void>;
};

export type JobEngineParts<S> = {
  db: Db;
  url: string;
  leader: Leader;
  services: S;
  operations: readonly Operation<S>[];
  onFinished: OnFinished;
  fatal: (message: string, error: unknown) => void;
  limits?: RunLimits;
  undoRetryMs?: readonly number[];
};

/** Notifications wake the scheduler; this only mends what a lost one would leave. */
const sweepMs = 10_000;
const tidyMs = 3_600_000;
const defaultUndoRetryMs = [1_000, 3_000, 10_000];

export async function startJobEngine<S>(parts: JobEngineParts<S>): Promise<JobEngine> {
  let ending = false;
  const host: JobHost<S> = {
    db: parts.db,
    services: parts.services,
    operations: new Map(parts.operations.map((operation) => [operation.name, operation])),
    onFinished: parts.onFinished,
    confirm: parts.leader.confirm,
    fatal: parts.fatal,
    cancels: new Cancels(),
    isEnding: () => ending,
    undoRetryMs: parts.undoRetryMs ?? defaultUndoRetryMs,
  };
  const scheduler = new Scheduler(host, parts.limits);
  const workflows = await launchWorkflows({ url: parts.url, run: scheduler.run });
  parts.leader.onJob(() => scheduler.wake());
  scheduler.start(workflows);
  const sweep = setInterval(() => {
    parts.leader.confirm().then(
      () => scheduler.wake(),
      (error: unknown) => ending || parts.fatal('The database does not answer', error),
    );
  }, sweepMs);
  const tidying = setInterval(() => {
    workflows.tidy().catch((error: unknown) => log.error({ error }, 'Cannot delete old workflow records'));
  }, tidyMs);
  const stop = () => {
    ending = true;
    clearInterval(sweep);
    clearInterval(tidying);
  };
  return {
    stop,
    async close() {
      stop();
      await workflows.close();
    },
  };
}
