// The one way to the API. An answer is parsed by its schema; a refusal (problem+json) and a lost network both become an AppError.
import { AppError, fromErrorBody, Problem, type ErrorCode } from '@/contract/errors';

type Parser<T> = { parse: (input: unknown) => T };
export type JsonRequest<T> = {
  answers: Parser<T>;
  method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  body?: unknown;
  signal?: AbortSignal;
  /** What is being attempted, for errors that come without words of their own. */
  attempt?: string;
};

export async function fetchJson<T>(
  path: string,
  { answers, method = 'GET', body, signal, attempt = 'Cannot reach the console' }: JsonRequest<T>,
): Promise<T> {
  const sent = body === undefined ? undefined : JSON.stringify(body);
  return readAnswer(path, { answers, method, signal, attempt, sent, type: 'application/json' });
}

type BytesRequest<T> = { answers: Parser<T>; body: Blob; signal?: AbortSignal };

/** A part of a file, as it is. */
export function sendBytes<T>(path: string, { answers, body: sent, signal }: BytesRequest<T>): Promise<T> {
  const attempt = 'Cannot upload';
  return readAnswer(path, {
    answers,
    method: 'PUT',
    signal,
    attempt,
    sent,
    type: 'application/octet-stream',
  });
}

async function readAnswer<T>(
  path: string,
  { answers, ...request }: Sent & { answers: Parser<T> },
): Promise<T> {
  const { attempt } = request;
  const response = await send(path, request);
  if (!response.ok) throw await readRefusal(response, attempt);
  const json: unknown = response.status === 204 ? {} : await response.json().catch(() => undefined);
  try {
    return answers.parse(json);
  } catch (cause) {
    throw new AppError('internal', `${attempt}: the answer of ${path} is not as agreed`, { cause });
  }
}

type Sent = {
  method: string;
  sent: BodyInit | undefined;
  /** Of what is sent. */
  type: string;
  signal: AbortSignal | undefined;
  attempt: string;
};

async function send(path: string, { method, sent, type, signal, attempt }: Sent): Promise<Response> {
  try {
    return await fetch(path, {
      method,
      signal,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(sent === undefined ? {} : { 'content-type': type }),
      },
      body: sent,
    });
  } catch (cause) {
    // A request that was given up on purpose is not an error to show.
    if (signal?.aborted) throw cause;
    throw new AppError('unavailable', `${attempt}: the control plane does not answer`, { cause });
  }
}

async function readRefusal(response: Response, attempt: string): Promise<AppError> {
  const problem = Problem.safeParse(await response.json().catch(() => null));
  if (problem.success) return fromErrorBody(problem.data);
  // A proxy in between, or a control plane that is starting, answers in its own words.
  return new AppError(codeOfStatus(response.status), `${attempt} (HTTP ${response.status})`);
}

function codeOfStatus(status: number): ErrorCode {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 504) return 'timeout';
  return status === 502 || status === 503 ? 'unavailable' : 'internal';
}

/** Any thrown value as an AppError, so that whoever shows it needs to know one type only. */
export function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  return new AppError('internal', error instanceof Error ? error.message : String(error), { cause: error });
}
