// Errors on the wire (RFC 9457). Invariant: what is `internal` tells the user nothing but an id, under which the log has the rest.
import { randomUUID } from 'node:crypto';
import { AppError, httpStatusOf, type ErrorCode, type Problem } from '@/contract/errors';
import { log } from '../log';

/** A refusal whose status is not the one of its code (415, 413). */
export class HttpRefusal extends Error {
  constructor(
    readonly status: number,
    readonly error: AppError,
  ) {
    super(error.message);
  }
}

const titles: Record<ErrorCode, string> = {
  invalid: 'Invalid request',
  unauthenticated: 'Not signed in',
  forbidden: 'Forbidden',
  not_found: 'Not found',
  already_exists: 'Already exists',
  wrong_state: 'Wrong state',
  no_resources: 'Not enough resources',
  busy: 'Busy',
  rate_limited: 'Too many requests',
  unavailable: 'Not available',
  timeout: 'Timed out',
  tool_failed: 'Failed',
  canceled: 'Canceled',
  internal: 'Internal error',
};

export function problemResponse(thrown: unknown): Response {
  const { status, error } = toRefusal(thrown);
  const problem: Problem = {
    status,
    title: titles[error.code],
    code: error.code,
    message: error.message,
    details: error.details,
  };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { 'content-type': 'application/problem+json', 'cache-control': 'no-store' },
  });
}

function toRefusal(thrown: unknown): { status: number; error: AppError } {
  if (thrown instanceof HttpRefusal) return thrown;
  if (thrown instanceof AppError && thrown.code !== 'internal')
    return { status: httpStatusOf[thrown.code], error: thrown };
  const errorId = randomUUID();
  log.error({ error: thrown, errorId }, 'request failed');
  const error = isDatabaseDown(thrown)
    ? new AppError('unavailable', 'The database does not answer', { details: { errorId } })
    : new AppError('internal', `Something went wrong; the log has the reason under ${errorId}`, {
        details: { errorId },
      });
  return { status: httpStatusOf[error.code], error };
}

// Prisma's codes for a database that is not reached, closes the connection or has none left; and Node's own.
const downCodes = ['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'ECONNREFUSED', 'ECONNRESET'];

function isDatabaseDown(thrown: unknown): boolean {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    'code' in thrown &&
    downCodes.some((code) => code === thrown.code)
  );
}
