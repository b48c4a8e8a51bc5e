// What a job's steps look like to people, written behind the steps' backs: in order, and what gathers during one write goes into the next.
// Nothing decides by these rows, so a step does not wait for them; the job's end does.
import type { Db } from '../db/client';
import { type StepChange, writeSteps } from './job-rows';

export type StepWrites = {
  add: (change: StepChange) => void;
  /** Resolves when everything is written; throws when something could not be. */
  flush: () => Promise<void>;
};

export function openStepWrites(db: Db, jobId: number): StepWrites {
  let waiting: StepChange[] = [];
  let writing: Promise<void> | undefined;
  const write = async () => {
    while (waiting.length > 0) {
      const changes = waiting;
      waiting = [];
      await writeSteps(db, jobId, changes);
    }
    writing = undefined;
  };
  return {
    add(change) {
      waiting.push(change);
      writing ??= write();
      // Told by `flush`.
      writing.catch(() => {});
    },
    async flush() {
      await writing;
    },
  };
}
