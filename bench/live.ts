// One live stream for the whole benchmark, so that waiting costs the product what one open page costs it.
import { z } from 'zod';
import { Change, streamMessages } from '@/contract/events';
import { api } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';
import type { Rest } from '@/e2e/rest';
import { readSse } from '@/server/events/testing/sse-reader';

export type Live = {
  /** The job as it ended; throws where it did not succeed. */
  jobDone(jobId: number): Promise<Job>;
  /** Resolves when `isTrue` says so; it is asked again after changes. */
  until(isTrue: () => Promise<boolean>): Promise<void>;
  close(): void;
};

export async function openLive(rest: Pick<Rest, 'url' | 'cookie'>): Promise<Live> {
  const abort = new AbortController();
  const answer = await fetch(rest.url + api.events(), {
    headers: { cookie: rest.cookie },
    signal: abort.signal,
  });
  if (!answer.ok || !answer.body) throw new Error(`The live stream answered ${answer.status}`);
  const ended = new Map<number, Job>();
  let wake = signalling();
  let failure: Error | null = null;
  const follow = async (body: ReadableStream<Uint8Array>) => {
    for await (const { event, data } of readSse(body)) {
      if (event !== streamMessages.change) continue;
      const change = Change.parse(data);
      if (change.kind === 'job' && change.data && isFinished(change.data.status))
        ended.set(change.data.id, change.data);
      wake.now();
      wake = signalling();
    }
    throw new Error('The live stream ended');
  };
  follow(answer.body).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
    wake.now();
  });
  const until: Live['until'] = async (isTrue) => {
    for (;;) {
      const { heard } = wake;
      if (await isTrue()) return;
      if (failure) throw failure;
      await heard;
    }
  };
  return {
    jobDone: async (jobId) => {
      await until(async () => ended.has(jobId));
      const job = z.custom<Job>((value) => value !== undefined).parse(ended.get(jobId));
      ended.delete(jobId);
      if (job.status === 'success') return job;
      throw new Error(`Job ${job.id} (${job.operation}) ended as ${job.status}: ${job.error?.message ?? ''}`);
    },
    until,
    close: () => abort.abort(),
  };
}

function signalling() {
  let now = () => {};
  const heard = new Promise<void>((resolve) => (now = resolve));
  return { heard, now };
}
