// Pooled TLS connections to agents, one pool per node and address. The server name is the node's own, so that TLS itself proves that the
// dialled machine is this node. Pools that nobody uses are closed.
import { isIPv6 } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import {
  createTRPCUntypedClient,
  httpBatchStreamLink,
  httpLink,
  splitLink,
  type TRPCUntypedClient,
} from '@trpc/client';
import type { AnyRouter } from '@trpc/server';
import { Agent, fetch as undiciFetch } from 'undici';
import { agentCalls, nodeTlsName, watchCall } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';

export type AgentAddress = { id: string; name: string; address: string };
export type AgentCredentials = { controlCert: string; controlKey: string; ca: string };

export type AgentConnections = {
  clientOf(node: AgentAddress): TRPCUntypedClient<AnyRouter>;
  /** A connection of its own, outside the pool; resolves when TLS has proven the node. */
  dial(node: AgentAddress): Promise<TLSSocket>;
  close(): Promise<void>;
};

type Pool = { agent: Agent; client: TRPCUntypedClient<AnyRouter>; usedAt: number };

const connectTimeoutMs = 5_000;
const keepIdleMs = 60_000;
const forgetIdleMs = 300_000;

export function createAgentConnections(credentials: AgentCredentials): AgentConnections {
  const pools = new Map<string, Pool>();
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
  const tlsFor = (node: AgentAddress): ConnectionOptions => ({
    ca: credentials.ca,
    cert: credentials.controlCert,
    key: credentials.controlKey,
    servername: nodeTlsName(node.id),
    minVersion: 'TLSv1.3',
  });

  return {
    clientOf: (node) => {
      if (closed) throw new AppError('canceled', `Cannot call ${node.name}: the program is stopping`);
      const key = `${node.id} ${node.address}`;
      const pool = pools.get(key) ?? openPool(node, tlsFor(node));
      pools.set(key, pool);
      pool.usedAt = Date.now();
      return pool.client;
    },
    dial: (node) => dial({ ...tlsFor(node), ...splitAddress(node.address) }),
    close: async () => {
      closed = true;
      clearInterval(forgetIdle);
      await Promise.all([...pools.values()].map((pool) => pool.agent.destroy()));
      pools.clear();
    },
  };
}

function openPool(node: AgentAddress, tls: ConnectionOptions): Pool {
  const agent = new Agent({
    connect: { ...tls, timeout: connectTimeoutMs, maxCachedSessions: 0, keepAliveInitialDelay: 15_000 },
    keepAliveTimeout: keepIdleMs,
    keepAliveMaxTimeout: keepIdleMs,
    // Calls have their own limits; a watch is quiet for as long as it likes.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  const link = { url: `https://${node.address}`, fetch: fetchThrough(agent) };
  const client = createTRPCUntypedClient<AnyRouter>({
    links: [
      splitLink({
        condition: ({ path }) => isStream(path),
        // One call per request: an aborted call must not wait for its neighbours to be aborted too.
        true: httpBatchStreamLink({ ...link, maxItems: 1 }),
        false: httpLink(link),
      }),
    ],
  });
  return { agent, client, usedAt: Date.now() };
}

export function isStream(path: string): boolean {
  if (path === watchCall) return true;
  return Object.entries(agentCalls).some(([name, row]) => name === path && 'stream' in row);
}

/** undici's own fetch and the global one differ in types that never meet at run time. */
function fetchThrough(dispatcher: Agent): typeof fetch {
  const bound = (input: string, init: object) => undiciFetch(input, { ...init, dispatcher });
  return bound as unknown as typeof fetch;
}

/** "host:port", "[v6]:port". */
function splitAddress(address: string): { host: string; port: number } {
  const at = address.lastIndexOf(':');
  const bare = address.slice(0, at).replace(/^\[(.*)\]$/, '$1');
  return { host: isIPv6(bare) ? bare : address.slice(0, at), port: Number(address.slice(at + 1)) };
}

function dial(options: ConnectionOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect(options);
    socket.setTimeout(connectTimeoutMs, () => socket.destroy(new Error('it did not answer in time')));
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.setTimeout(0);
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
