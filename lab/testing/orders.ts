// Asking the console for work as somebody does who is patient: what is busy just now is asked for again, and a console that is down for a moment
// is waited for.
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { Job, JobPage } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';
import type { Rest } from '@/e2e/rest';
import { until } from './until';

export type Orders = {
  /** Answers the job's id. */
  ask(method: string, path: string, body?: object): Promise<number>;
  /** The job once it has ended, however it did. */
  ended(jobId: number): Promise<Job>;
  /** As ended; throws unless it was a success. */
  succeeded(jobId: number): Promise<Job>;
  /** ask and succeeded. */
  order(method: string, path: string, body?: object): Promise<Job>;
  /** Resolves once that step of the job has begun; throws when the job ended before. */
  untilStep(jobId: number, step: string): Promise<void>;
  /** Resolves when no job is under way: watchers have work of their own after a fault. */
  untilQuiet(): Promise<void>;
};

const tries = 500;
const pauseMs = 250;

export function ordersOf(rest: Rest): Orders {
  const ask: Orders['ask'] = async (method, path, body = {}) => {
    for (let left = tries; ; left -= 1) {
      const asked = await rest.call(method, path, Accepted, body).catch((error: Error) => error);
      if (!(asked instanceof Error)) return asked.jobId;
      if (left === 0 || !/^(busy|unavailable|internal):|fetch failed|^50\d/.test(asked.message)) throw asked;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const look = (jobId: number) => rest.call('GET', api.job(jobId), Job).catch(() => null);
  const ended: Orders['ended'] = async (jobId) => {
    const job = await until(
      () => look(jobId),
      (seen) => seen !== null && isFinished(seen.status),
    );
    if (!job) throw new Error('unreachable');
    return job;
  };
  const succeeded: Orders['succeeded'] = async (jobId) => {
    const job = await ended(jobId);
    if (job.status === 'success') return job;
    throw new Error(`Job ${job.id} (${job.operation}) ended as ${job.status}: ${job.error?.message}`);
  };
  return {
    ask,
    ended,
    succeeded,
    order: async (method, path, body) => succeeded(await ask(method, path, body)),
    async untilStep(jobId: number, step: string) {
      const begun = ({ steps }: Job) =>
        steps.some(({ name, status }) => name === step && status !== 'pending');
      const job = await until(
        () => look(jobId),
        (seen) => seen !== null && (begun(seen) || isFinished(seen.status)),
      );
      if (job && !begun(job)) throw new Error(`Job ${jobId} ended as ${job.status} before its step ${step}`);
    },
    async untilQuiet() {
      await until(
        () => rest.call('GET', api.jobs({ status: 'unfinished' }), JobPage).catch(() => null),
        (page) => page?.total === 0,
      );
    },
  };
}
