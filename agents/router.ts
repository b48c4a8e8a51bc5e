// The tRPC router, generated from the call table: every call checks its params and its result, and errors leave as ErrorBody.
// One router serves all nodes of a process; which node is asked comes with the context.
import { initTRPC, type TRPCError } from '@trpc/server';
import { z } from 'zod';
import { agentCalls, watchCall, type AgentCall, type AgentParams } from '@/contract/agent-calls';
import { AppError, toErrorBody, type ErrorBody } from '@/contract/errors';
import type { CallContext, NodeDoor } from './calls/handlers';
import { streamItems } from './calls/stream-items';

export type RouterContext = { door: NodeDoor };

const t = initTRPC.context<RouterContext>().create({
  errorFormatter: ({ shape, error }) => ({ ...shape, data: { body: bodyOf(error) } }),
});

const nobody = { log: () => {}, progress: () => {} };

export const agentRouter = t.router({
  ...Object.fromEntries(callNames().map((name) => [name, procedureOf(name)])),
  [watchCall]: t.procedure
    .input(z.object({}))
    .mutation(({ ctx, signal }) => ctx.door.watch(needSignal(signal))),
});

function callNames(): AgentCall[] {
  // Object.keys forgets that the table is complete and closed.
  return Object.keys(agentCalls) as AgentCall[];
}

function procedureOf(name: AgentCall) {
  const row = agentCalls[name];
  const procedure = t.procedure.input(z.unknown());
  if ('stream' in row)
    return procedure.mutation(({ ctx, input, signal }) => {
      const params = parseParams(name, input);
      return streamItems(needSignal(signal), (call) => handle(ctx.door, name, { params, call }));
    });
  return procedure.mutation(({ ctx, input, signal }) => {
    const params = parseParams(name, input);
    return handle(ctx.door, name, { params, call: { signal: needSignal(signal), ...nobody } });
  });
}

function parseParams<C extends AgentCall>(name: C, input: unknown): AgentParams<C> {
  const parsed = agentCalls[name].params.safeParse(input);
  // The compiler cannot follow the table's row through the type parameter.
  if (parsed.success) return parsed.data as AgentParams<C>;
  throw new AppError('invalid', `Cannot carry out ${name}: ${z.prettifyError(parsed.error)}`);
}

async function handle<C extends AgentCall>(
  door: NodeDoor,
  name: C,
  { params, call }: { params: AgentParams<C>; call: CallContext },
) {
  return agentCalls[name].result.parse(await door.handlers[name](params, call));
}

function needSignal(signal: AbortSignal | undefined): AbortSignal {
  return signal ?? new AbortController().signal;
}

const codeOf: Partial<Record<TRPCError['code'], ErrorBody['code']>> = {
  BAD_REQUEST: 'invalid',
  PARSE_ERROR: 'invalid',
  PAYLOAD_TOO_LARGE: 'invalid',
  NOT_FOUND: 'not_found',
  METHOD_NOT_SUPPORTED: 'invalid',
};

function bodyOf(error: TRPCError): ErrorBody {
  const code = codeOf[error.code];
  if (code) return { code, message: error.message, details: {} };
  if (error.cause?.name === 'AbortError') return { code: 'canceled', message: 'Canceled', details: {} };
  return toErrorBody(error.cause ?? error);
}
