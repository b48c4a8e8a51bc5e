// The one error type of all three programs and its shape on the wire (RFC 9457 problem+json).
// A message says what was attempted, on what, in the user's words; `details` carries the numbers and ids behind it.
import { z } from 'zod';

export const errorCodes = [
  'invalid',
  'unauthenticated',
  'forbidden',
  'not_found',
  'already_exists',
  'wrong_state',
  'no_resources',
  'busy',
  'rate_limited',
  'unavailable',
  'timeout',
  'tool_failed',
  'canceled',
  'internal',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export type ErrorDetails = Record<string, unknown>;

export class AppError extends Error {
  override name = 'AppError';
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: ErrorDetails } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** An AppError as plain JSON: what an agent answers, a job step stores and a problem body contains. */
export const ErrorBody = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  details: z.record(z.string(), z.unknown()).default({}),
});
export type ErrorBody = z.infer<typeof ErrorBody>;

/** The body of every refused HTTP request, `application/problem+json`. */
export const Problem = ErrorBody.extend({ status: z.number().int(), title: z.string() });
export type Problem = z.infer<typeof Problem>;

export const httpStatusOf: Record<ErrorCode, number> = {
  invalid: 422,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  already_exists: 409,
  wrong_state: 409,
  no_resources: 409,
  busy: 409,
  rate_limited: 429,
  unavailable: 503,
  timeout: 504,
  tool_failed: 502,
  canceled: 409,
  internal: 500,
};

/** Turns anything thrown into an ErrorBody. An unknown error becomes `internal` and keeps its message: callers that answer users hide it. */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof AppError)
    return { code: error.code, message: withCauses(error), details: error.details };
  return { code: 'internal', message: withCauses(error), details: {} };
}

export function fromErrorBody(body: ErrorBody): AppError {
  return new AppError(body.code, body.message, { details: body.details });
}

function withCauses(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause === undefined || error.message.includes(messageOf(error.cause))) return error.message;
  return `${error.message}: ${withCauses(error.cause)}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
