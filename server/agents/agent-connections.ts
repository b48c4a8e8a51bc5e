// Pooled TLS connections to agents, one pool per node and address. Pools that nobody uses are closed.
import type { TLSSocket } from 'node:tls';
import {
  createTRPCUntypedClient,
  httpBatchStreamLink,
  httpLink,
  splitLink,
  type TRPCUntypedClient,
} from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { Agent, fetch as undiciFetch } from 'undici';
import { agentCalls, watchCall } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { dialNode, type AgentAddress, type AgentCredentials } from './agent-dial';
import { limitAnswer } from './answer-limit';

export type CallClient = Pick<TRPCUntypedClient<AnyRouter>, 'mutation'>;

export type AgentConnections = {
  /** `mayHaveExpired`: over connections of their own that take a certificate of the node that has ended. */
  clientOf(node: AgentAddress, options?: { mayHaveExpired?: boolean }): CallClient;
  /** A connection of its own, outside the pool; resolves when TLS has proven the node. */
  dial(node: AgentAddress): Promise<TLSSocket>;
  /** Cuts all pooled connections to the node: what waits for an answer on them fails. */
  cut(node: AgentAddress, reason: Error): void;
  /** New connections are made with these; open ones go on. */
  renew(credentials: AgentCredentials): void;
  close(): Promise<void>;
};

type Pool = { nodeId: string; agent: Agent; client: CallClient; usedAt: number };

const keepIdleMs = 60_000;
const forgetIdleMs = 300_000;

export function createAgentConnections(first: AgentCredentials, connectMs: number): AgentConnections {
  const pools = new Map<string, Pool>();
  let credentials = first;
  let closed = false;
  const forgetIdle = setInterval(() => {
    for (const [key, pool] of pools) {
      const busy = Object.values(pool.agent.stats).some(({ running, pending }) =>
        Boolean(running || pending),
      );
      if (busy || Date.now() - pool.usedAt < forgetIdleMs) continue;
      pools.delete(key);
      void pool.agent.close();
    }
  }, forgetIdleMs);
  forgetIdle.unref();

  return {
    clientOf: (node, { mayHaveExpired = false } = {}) => {
      if (closed) throw new AppError('canceled', `Cannot call ${node.name}: the program is stopping`);
      const key = `${node.id} ${node.address} ${mayHaveExpired}`;
      const dial = () => dialNode({ node, credentials, connectMs, mayHaveExpired });
      const pool = pools.get(key) ?? openPool(node, dial);
      pools.set(key, pool);
      pool.usedAt = Date.now();
      return pool.client;
    },
    dial: (node) => dialNode({ node, credentials, connectMs }),
    cut: (node, reason) => {
      for (const [key, pool] of pools) {
        if (pool.nodeId !== node.id) continue;
        pools.delete(key);
        void pool.agent.destroy(reason);
      }
    },
    renew: (renewed) => {
      credentials = renewed;
    },
    close: async () => {
      closed = true;
      clearInterval(forgetIdle);
      await Promise.all([...pools.values()].map((pool) => pool.agent.destroy()));
      pools.clear();
    },
  };
}

function openPool(node: AgentAddress, dial: () => Promise<TLSSocket>): Pool {
  const agent = new Agent({
    connect: (_, callback) => {
      dial().then(
        (socket) => callback(null, socket),
        (error: Error) => callback(error, null),
      );
    },
    keepAliveTimeout: keepIdleMs,
    keepAliveMaxTimeout: keepIdleMs,
    // Calls have their own limits; a watch is quiet for as long as it likes.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const url = `https://${node.address}`;
  const client = createTRPCUntypedClient<AnyRouter>({
    links: [
      splitLink({
        condition: ({ path }) => isStream(path),
        // One call per request: an aborted call must not wait for its neighbours to be aborted too.
        true: httpBatchStreamLink({ url, maxItems: 1, fetch: fetchThrough(agent, { byLine: true }) }),
        false: splitLink({
          condition: ({ context }) => context['together'] === true,
          true: httpBatchStreamLink({ url, fetch: fetchThrough(agent, { byLine: true }) }),
          false: httpLink({ url, fetch: fetchThrough(agent, { byLine: false }) }),
        }),
      }),
    ],
  });
  return { nodeId: node.id, agent, client, usedAt: Date.now() };
}

export function isStream(path: string): boolean {
  if (path === watchCall) return true;
  return Object.entries(agentCalls).some(([name, row]) => name === path && 'stream' in row);
}

/** undici's own fetch and the global one differ in types that never meet at run time. */
const fetchWith = undiciFetch as unknown as (input: unknown, init: object) => Promise<Response>;

function fetchThrough(dispatcher: Agent, limit: { byLine: boolean }): typeof fetch {
  return async (input, init) => {
    const { body, status, headers } = await fetchWith(input, { ...init, dispatcher });
    return new Response(body?.pipeThrough(limitAnswer(limit)), { status, headers: [...headers] });
  };
}
