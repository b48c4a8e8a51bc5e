// What a failed attempt to call an agent means: its own error, a node that does not answer, or another machine at its address.
import { TRPCClientError } from '@trpc/client';
import { z } from 'zod';
import { AppError, ErrorBody, fromErrorBody } from '@/contract/errors';
import { sayLimits } from '@/contract/schemas/node';
import type { AgentAddress } from './agent-dial';

/**
 * `agent`: the agent's own answer. `unreachable`: worth another attempt. `expired`: the certificate has ended, perhaps it is this node.
 * `impostor`: who answers is not this node.
 */
export type Failure =
  | { kind: 'agent'; error: AppError }
  | { kind: 'unreachable'; cause: Error }
  | { kind: 'expired'; cause: Error }
  | { kind: 'impostor'; cause: Error };

/** Errors are stored and shown: too many words are cut, and details beyond this are left out. */
const longestDetails = 64 * 1024;
const mostIssues = 3;

const FormattedError = z.object({ data: z.object({ body: ErrorBody }) });

const impostorCodes = [
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_NOT_YET_VALID',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_SIGNATURE_FAILURE',
  'INVALID_PURPOSE',
];

export function readFailure(thrown: unknown): Failure {
  if (thrown instanceof AppError) return { kind: 'agent', error: thrown };
  if (thrown instanceof TRPCClientError) {
    const formatted = FormattedError.safeParse(thrown.shape);
    if (formatted.success) return { kind: 'agent', error: fromErrorBody(cut(formatted.data.data.body)) };
  }
  const cause = rootOf(thrown);
  if (cause instanceof AppError) return { kind: 'agent', error: cause };
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  if (code === 'CERT_HAS_EXPIRED') return { kind: 'expired', cause };
  return { kind: impostorCodes.includes(code) ? 'impostor' : 'unreachable', cause };
}

function cut({ code, message, details }: ErrorBody): ErrorBody {
  const isShort = JSON.stringify(details).length <= longestDetails;
  return { code, message: message.slice(0, sayLimits.words), details: isShort ? details : {} };
}

/** Names the first issues: there may be as many as the answer has items. */
export function unknownForm(call: string, error: z.ZodError): AppError {
  const issues = z.prettifyError(new z.ZodError(error.issues.slice(0, mostIssues)));
  return new AppError('internal', `The agent answered ${call} in an unknown form: ${issues}`);
}

/** fetch and tRPC wrap what the socket said several times over. */
function rootOf(thrown: unknown): Error {
  if (!(thrown instanceof Error)) return new Error(String(thrown));
  return thrown.cause instanceof Error ? rootOf(thrown.cause) : thrown;
}

export function toAppError(node: AgentAddress, failure: Failure): AppError {
  if (failure.kind === 'agent') return failure.error;
  const { cause } = failure;
  const details = { node: node.name, nodeId: node.id, address: node.address };
  if (failure.kind === 'expired')
    return new AppError(
      'unavailable',
      `The certificate of the machine at ${node.address} has ended; if it is ${node.name}, it gets a new one within the hour`,
      { cause, details },
    );
  if (failure.kind === 'impostor')
    return new AppError('unavailable', `The machine at ${node.address} does not prove to be ${node.name}`, {
      cause,
      details: { ...details, impostor: true },
    });
  return new AppError('unavailable', `${node.name} does not answer at ${node.address}`, { cause, details });
}
