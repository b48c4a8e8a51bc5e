// The REST door as a script uses it: signs in like a browser, keeps the cookies, sends the Origin.
import { z } from 'zod';
import { Problem } from '@/contract/errors';
import { api } from '@/contract/paths';
import { Job } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';

export type Rest = {
  readonly url: string;
  readonly cookie: string;
  /** Throws with the problem's message when refused. */
  call<T extends z.ZodType>(method: string, path: string, answers: T, body?: unknown): Promise<z.output<T>>;
  /** Sends bytes. */
  upload(path: string, content: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Follows the live stream until the job has ended; throws its error. */
  jobDone(jobId: number): Promise<z.output<typeof Job>>;
};

/** Uses the one-time link of the first operator, then signs in. */
export async function setUpOperator(
  url: string,
  setPasswordUrl: string,
  credentials: Credentials,
): Promise<Rest> {
  const token = new URL(setPasswordUrl).pathname.split('/').at(-1) ?? '';
  await setPassword(url, { token, name: 'Operator', ...credentials });
  return signIn(url, credentials);
}

export type Credentials = { login: string; password: string };

export async function setPassword(
  url: string,
  body: { token: string; password: string; login?: string; name?: string },
) {
  const response = await fetch(url + api.passwordSet(), {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify(body),
  });
  await refuseProblem(response);
}

export async function signIn(url: string, { login, password }: Credentials): Promise<Rest> {
  const jar = new Map<string, string>();
  const keep = (response: Response) => {
    for (const line of response.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
  };
  const cookie = () => [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
  const csrf = await fetch(`${url}/api/auth/csrf`);
  keep(csrf);
  const { csrfToken } = z.object({ csrfToken: z.string() }).parse(await csrf.json());
  const answer = await fetch(`${url}/api/auth/callback/credentials`, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'content-type': 'application/x-www-form-urlencoded', cookie: cookie(), origin: url },
    body: new URLSearchParams({ csrfToken, login, password, json: 'true' }),
  });
  keep(answer);
  if (![...jar.keys()].some((name) => name.includes('session-token')))
    throw new Error(`Cannot sign in as ${login}`);
  return restWith(url, cookie());
}

function restWith(url: string, cookie: string): Rest {
  const call: Rest['call'] = async (method, path, answers, body) => {
    const response = await fetch(url + path, {
      method,
      headers: { cookie, origin: url, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    await refuseProblem(response);
    return answers.parse(await response.json());
  };
  const upload: Rest['upload'] = async (path, content) => {
    const headers = { cookie, origin: url, 'content-type': 'application/octet-stream' };
    await refuseProblem(await fetch(url + path, { method: 'PUT', headers, body: content }));
  };
  return { url, cookie, call, upload, jobDone: (jobId) => waitForJob({ url, cookie, call }, jobId) };
}

async function waitForJob({ url, cookie, call }: Pick<Rest, 'url' | 'cookie' | 'call'>, jobId: number) {
  const abort = new AbortController();
  const stream = await fetch(url + api.events(), { headers: { cookie }, signal: abort.signal });
  const reader = stream.body?.getReader();
  try {
    // Every message is a reason to look again; the first one says that nothing is missed from here on.
    for (;;) {
      const read = await reader?.read();
      const job = await call('GET', api.job(jobId), Job);
      if (isFinished(job.status)) return finished(job);
      if (!read || read.done) throw new Error(`The live stream ended before job ${jobId} did`);
    }
  } finally {
    abort.abort();
  }
}

function finished(job: z.output<typeof Job>) {
  if (job.status === 'success') return job;
  throw new Error(`Job ${job.id} (${job.operation}) ended as ${job.status}: ${job.error?.message ?? ''}`);
}

async function refuseProblem(response: Response): Promise<void> {
  if (response.ok) return;
  const text = await response.text();
  const problem = Problem.safeParse(JSON.parse(text.startsWith('{') ? text : '{}'));
  throw new Error(
    problem.success
      ? `${problem.data.code}: ${problem.data.message}`
      : `${response.status} ${text.slice(0, 200)}`,
  );
}

/** What to order for a small instance that boots to a login. */
export function tinyInstance(name: string, clusterId: string) {
  return {
    ...{ name, clusterId, os: { kind: 'tiny' }, vcpus: 1, memoryMiB: 128 },
    ...{ diskTemplate: 'file', disks: [{ sizeMiB: 64 }], nics: [{ mode: 'user' }] },
  };
}
