// Whether a node answers at all. Silence says nothing of what runs there.
import { AppError, type ErrorCode } from '@/contract/errors';
import type { AgentAddress } from '../agents/agent-client';
import type { Ctx } from './services';

/** Long enough for one lost packet; who asks has reason to think that it may be gone. */
const patienceMs = 2_000;

export async function doesAnswer(ctx: Ctx, node: AgentAddress): Promise<boolean> {
  try {
    await ctx.services.agents.call(node, 'node.facts', {}, { patienceMs });
    return true;
  } catch (error) {
    if (hasCode(error, 'unavailable') || hasCode(error, 'timeout')) return false;
    throw error;
  }
}

export function hasCode(error: unknown, code: ErrorCode): boolean {
  return error instanceof AppError && error.code === code;
}
