// What every job of an engine works with, and the one way an engine gives up: `fatal` ends the process, and the next one goes on.
import { AppError } from '@/contract/errors';
import type { Db } from '../db/client';
import type { OnFinished } from './finish';
import type { BoundOperation, Operation } from './operation';

export type JobHost<S> = {
  db: Db;
  services: S;
  operations: ReadonlyMap<string, Operation<S>>;
  onFinished: OnFinished;
  /** Resolves while this engine is the active one and the database answers. */
  confirm: () => Promise<void>;
  fatal: (message: string, error: unknown) => void;
  cancels: Cancels;
  /** True from the moment on at which nothing may be recorded any more: what runs is cut off and runs again after the next start. */
  isEnding: () => boolean;
  /** Waits between the attempts of an undo. */
  undoRetryMs: readonly number[];
};

export function bindJob<S>(host: JobHost<S>, job: { operation: string; params: unknown }): BoundOperation<S> {
  const found = host.operations.get(job.operation);
  if (!found) throw new AppError('internal', `This version has no operation ${job.operation}`);
  return found.bind(job.params);
}

/** Asked-for cancels of running jobs, as signals. */
export class Cancels {
  readonly #controllers = new Map<number, AbortController>();

  signalOf(jobId: number): AbortSignal {
    return this.#of(jobId).signal;
  }

  cancel(jobId: number): void {
    this.#of(jobId).abort(new AppError('canceled', 'Canceled on request'));
  }

  forget(jobId: number): void {
    this.#controllers.delete(jobId);
  }

  #of(jobId: number): AbortController {
    const found = this.#controllers.get(jobId);
    if (found) return found;
    const made = new AbortController();
    this.#controllers.set(jobId, made);
    return made;
  }
}
