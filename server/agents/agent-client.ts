// The control plane's way to its nodes: typed from the call table. An agent's errors come out as the AppErrors they were; a node that cannot
// be reached is tried again within the call's patience, which is safe because every call is idempotent.
import { setTimeout as delay } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import type { TRPCUntypedClient } from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { z } from 'zod';
import {
  agentCalls,
  Observation,
  timeoutClasses,
  watchCall,
  type AgentCall,
  type AgentParams,
  type AgentResult,
} from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import type { ConsoleKind } from '@/contract/schemas/instance';
import { createAgentConnections, type AgentAddress, type AgentCredentials } from './agent-connections';
import { openConsole } from './agent-console';
import { readFailure, type Failure } from './agent-errors';
import { readStream, type StreamListener } from './agent-stream';
import { untilQuiet } from './until-quiet';

export type { AgentAddress, AgentCredentials } from './agent-connections';

export type CallOptions = StreamListener & {
  signal?: AbortSignal;
  /** Instead of the patience of the call's timeout class: how long an unreachable node is tried again. */
  patienceMs?: number;
};

export type AgentClient = {
  call<C extends AgentCall>(
    node: AgentAddress,
    name: C,
    params: AgentParams<C>,
    options?: CallOptions,
  ): Promise<AgentResult<C>>;
  /** Ends with an error when the node cannot be reached or falls silent, and without one when the signal aborts or the agent ends it. */
  watch(node: AgentAddress, signal: AbortSignal): AsyncIterable<Observation>;
  openConsole(node: AgentAddress, instanceId: string, kind: ConsoleKind): Promise<Duplex>;
  close(): Promise<void>;
};

const retryMs = { first: 100, most: 2_000 };
/** Five beats missed. */
export const silenceMs = 10_000;

export function createAgentClient(credentials: AgentCredentials): AgentClient {
  const connections = createAgentConnections(credentials);
  return {
    call: async (node, name, params, options = {}) => {
      const { answerMs, patienceMs } = timeoutClasses[agentCalls[name].timeout];
      const limit = AbortSignal.timeout(answerMs);
      const signal = AbortSignal.any([limit, ...(options.signal ? [options.signal] : [])]);
      const attempt = () => callOnce(connections.clientOf(node), { name, params, signal, listener: options });
      try {
        return await withPatience(node, { attempt, signal, patienceMs: options.patienceMs ?? patienceMs });
      } catch (error) {
        if (options.signal?.aborted)
          throw new AppError('canceled', `Canceled while waiting for ${node.name}`);
        if (limit.aborted)
          throw new AppError('timeout', `${node.name} did not answer in ${answerMs / 1000} s`, {
            details: { node: node.name, call: name },
          });
        throw error;
      }
    },
    watch: (node, signal) => watch(node, signal, connections.clientOf(node)),
    openConsole: async (node, instanceId, kind) => {
      try {
        return await openConsole(await connections.dial(node), instanceId, kind);
      } catch (error) {
        throw toAppError(node, readFailure(error));
      }
    },
    close: () => connections.close(),
  };
}

type OneCall<C extends AgentCall> = {
  name: C;
  params: AgentParams<C>;
  signal: AbortSignal;
  listener: StreamListener;
};

async function callOnce<C extends AgentCall>(
  client: TRPCUntypedClient<AnyRouter>,
  { name, params, signal, listener }: OneCall<C>,
): Promise<AgentResult<C>> {
  const answer: unknown = await client.mutation(name, params, { signal });
  const row = agentCalls[name];
  const parsed = row.result.safeParse('stream' in row ? await readStream(answer, listener) : answer);
  // The compiler cannot follow the table's row through the type parameter.
  if (parsed.success) return parsed.data as AgentResult<C>;
  throw new AppError(
    'internal',
    `The agent answered ${name} in an unknown form: ${z.prettifyError(parsed.error)}`,
  );
}

type Patience<T> = { attempt(): Promise<T>; signal: AbortSignal; patienceMs: number };

async function withPatience<T>(node: AgentAddress, { attempt, signal, patienceMs }: Patience<T>): Promise<T> {
  let failingSince: number | undefined;
  for (let waitMs = retryMs.first; ; waitMs = Math.min(waitMs * 2, retryMs.most)) {
    try {
      return await attempt();
    } catch (thrown) {
      const failure = readFailure(thrown);
      failingSince ??= performance.now();
      const leftMs = failingSince + patienceMs - performance.now();
      if (signal.aborted || failure.kind !== 'unreachable' || leftMs <= 0) throw toAppError(node, failure);
      await delay(Math.min(waitMs, leftMs), undefined, { signal });
    }
  }
}

async function* watch(
  node: AgentAddress,
  signal: AbortSignal,
  client: TRPCUntypedClient<AnyRouter>,
): AsyncGenerator<Observation, void> {
  const silence = new AbortController();
  const both = AbortSignal.any([signal, silence.signal]);
  try {
    const answer = client.mutation(watchCall, {}, { signal: both });
    for await (const item of untilQuiet(answer, silence, silenceMs)) yield Observation.parse(item);
  } catch (thrown) {
    if (signal.aborted) return;
    throw toAppError(node, readFailure(silence.signal.aborted ? new Error('it fell silent') : thrown));
  }
}

function toAppError(node: AgentAddress, failure: Failure): AppError {
  if (failure.kind === 'agent') return failure.error;
  const { cause } = failure;
  const details = { node: node.name, nodeId: node.id, address: node.address };
  if (failure.kind === 'impostor')
    return new AppError('unavailable', `The machine at ${node.address} does not prove to be ${node.name}`, {
      cause,
      details: { ...details, impostor: true },
    });
  return new AppError('unavailable', `${node.name} does not answer at ${node.address}`, { cause, details });
}
