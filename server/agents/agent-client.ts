// The control plane's way to its nodes: typed from the call table. An agent's errors come out as the AppErrors they were; a node that cannot
// be reached is tried again within the call's patience, which is safe because every call is idempotent.
import { setTimeout as delay } from 'node:timers/promises';
import type { Duplex } from 'node:stream';
import {
  agentCalls,
  answerMs,
  patienceMs,
  type AgentCall,
  type AgentParams,
  type AgentResult,
  type Observation,
  type TimeoutClass,
} from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import type { ConsoleKind } from '@/contract/schemas/instance';
import { createAgentConnections, type AgentConnections, type CallClient } from './agent-connections';
import { openConsole } from './agent-console';
import type { AgentAddress, AgentCredentials } from './agent-dial';
import { readFailure, toAppError, unknownForm } from './agent-errors';
import { readStream, type StreamListener } from './agent-stream';
import { watchNode } from './agent-watch';

export type { AgentAddress, AgentCredentials } from './agent-dial';

export type CallOptions = StreamListener & {
  signal?: AbortSignal;
  /** Instead of the usual patience: how long an unreachable node is tried again. */
  patienceMs?: number;
  /** Instead of the limit of the call's class: how long an answer is waited for. */
  answerMs?: number;
  /** In one request with the node's other calls of the same turn that say so. Each has its own answer; they are given up only all together. */
  together?: boolean;
  /** Asked before an unreachable node is tried again; it always may where nobody says. */
  mayAnswer?(): Promise<boolean>;
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
  /** New connections are made with these; open ones go on. */
  renew(credentials: AgentCredentials): void;
  close(): Promise<void>;
};

export type ClientLimits = {
  /** As long as silence: the agent of a node that is hard at work may be a while without its processor. */
  connectMs: number;
  /** How long a watched node may say nothing once it is connected. */
  silenceMs: number;
  /** How long an unreachable node is tried again. */
  patienceMs: number;
  answerMs: Record<TimeoutClass, number>;
};
/** Silence: five beats missed. */
export const usualLimits: ClientLimits = { connectMs: 10_000, silenceMs: 10_000, patienceMs, answerMs };

const retryMs = { first: 100, most: 2_000 };
/** Over these a node gets a new certificate, so they must go on when its old one has ended. */
const renewalCalls: AgentCall[] = ['certificate.request', 'certificate.install'];

export function createAgentClient(
  credentials: AgentCredentials,
  limits: ClientLimits = usualLimits,
): AgentClient {
  const { connectMs, silenceMs } = limits;
  const connections = createAgentConnections(credentials, connectMs);
  return {
    call: async (node, name, params, options = {}) => {
      const { signal } = options;
      const { answerMs: limitMs = limits.answerMs[agentCalls[name].timeout] } = options;
      const clientNow = () => connections.clientOf(node, { mayHaveExpired: renewalCalls.includes(name) });
      const attempt = () =>
        withinLimit({ node, name, connectMs, answerMs: limitMs, signal }, (limited) =>
          callOnce(clientNow(), { name, params, signal: limited, listener: options }),
        );
      try {
        const { mayAnswer } = options;
        return await withPatience(node, {
          ...{ attempt, signal, mayAnswer },
          patienceMs: options.patienceMs ?? limits.patienceMs,
        });
      } catch (error) {
        if (signal?.aborted) throw new AppError('canceled', `Canceled while waiting for ${node.name}`);
        throw error;
      }
    },
    watch: (node, signal) => watch(connections, { node, signal, connectMs, silenceMs }),
    openConsole: async (node, instanceId, kind) => {
      try {
        return await openConsole(await connections.dial(node), instanceId, kind);
      } catch (error) {
        throw toAppError(node, readFailure(error));
      }
    },
    renew: (renewed) => connections.renew(renewed),
    close: () => connections.close(),
  };
}

type OneCall<C extends AgentCall> = {
  name: C;
  params: AgentParams<C>;
  signal: AbortSignal;
  listener: StreamListener & Pick<CallOptions, 'together'>;
};

async function callOnce<C extends AgentCall>(
  client: CallClient,
  { name, params, signal, listener }: OneCall<C>,
): Promise<AgentResult<C>> {
  const context = { together: listener.together };
  const answer: unknown = await client.mutation(name, params, { signal, context });
  const row = agentCalls[name];
  const parsed = row.result.safeParse('stream' in row ? await readStream(answer, listener) : answer);
  // The compiler cannot follow the table's row through the type parameter.
  if (parsed.success) return parsed.data as AgentResult<C>;
  throw unknownForm(name, parsed.error);
}

type Limit = {
  node: AgentAddress;
  name: AgentCall;
  connectMs: number;
  answerMs: number;
  signal: AbortSignal | undefined;
};

/** Of one attempt. Connecting has its own limit within this one, so what runs into this one was connected. */
async function withinLimit<T>(
  { node, name, connectMs, answerMs, signal }: Limit,
  work: (limited: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  let hasRunOut = false;
  const timer = setTimeout(() => {
    hasRunOut = true;
    limit.abort();
  }, connectMs + answerMs);
  try {
    return await work(AbortSignal.any([limit.signal, ...(signal ? [signal] : [])]));
  } catch (error) {
    if (!hasRunOut) throw error;
    throw new AppError('timeout', `${node.name} did not answer in ${answerMs / 1000} s`, {
      details: { node: node.name, call: name },
    });
  } finally {
    clearTimeout(timer);
    // Whoever still listens to the two signals together is let go of only when one of them aborts.
    limit.abort();
  }
}

type Patience<T> = {
  attempt(): Promise<T>;
  signal: AbortSignal | undefined;
  patienceMs: number;
  mayAnswer: CallOptions['mayAnswer'];
};

async function withPatience<T>(node: AgentAddress, patience: Patience<T>): Promise<T> {
  const { attempt, signal, patienceMs, mayAnswer = async () => true } = patience;
  let failingSince: number | undefined;
  for (let waitMs = retryMs.first; ; waitMs = Math.min(waitMs * 2, retryMs.most)) {
    try {
      return await attempt();
    } catch (thrown) {
      const failure = readFailure(thrown);
      failingSince ??= performance.now();
      const leftMs = failingSince + patienceMs - performance.now();
      if (signal?.aborted || failure.kind !== 'unreachable' || leftMs <= 0) throw toAppError(node, failure);
      if (!(await mayAnswer())) throw toAppError(node, failure);
      await delay(Math.min(waitMs, leftMs), undefined, { signal });
    }
  }
}

type Watched = { node: AgentAddress; signal: AbortSignal } & Pick<ClientLimits, 'connectMs' | 'silenceMs'>;

async function* watch(
  connections: AgentConnections,
  { node, ...watched }: Watched,
): AsyncGenerator<Observation> {
  // What else is asked of a silent node would wait for as long as the kernel sends it again.
  const onSilence = (reason: Error) => connections.cut(node, reason);
  try {
    yield* watchNode({ client: connections.clientOf(node), ...watched, onSilence });
  } catch (thrown) {
    throw toAppError(node, readFailure(thrown));
  }
}
