// Progress of the running step, written at most twice a second; the latest value wins.
import type { Db } from '../db/client';
import { log } from '../log';
import { writeProgress } from './job-rows';

const intervalMs = 500;

export type Progress = { report: (done: number) => void; stop: () => Promise<void> };

export function openProgress(db: Db, jobId: number): Progress {
  let latest: number | undefined;
  let written = 0;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const write = () => {
    timer = undefined;
    if (latest === undefined) return;
    const done = latest;
    latest = undefined;
    written = performance.now();
    writing = writing
      .then(() => writeProgress(db, jobId, done))
      .catch((error: unknown) => log.error({ error, jobId }, 'Cannot write the progress of a job'));
  };
  return {
    report(done) {
      latest = Math.min(1, Math.max(0, done));
      const waitMs = written + intervalMs - performance.now();
      timer ??= setTimeout(write, Math.max(0, waitMs));
    },
    /** Nothing is written after this: the step's end clears the progress. */
    async stop() {
      clearTimeout(timer);
      latest = undefined;
      await writing;
    },
  };
}
