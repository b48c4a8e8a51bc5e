// The TLS 1.3 server of one or many nodes on one port. Both sides prove themselves by certificates of the cluster's CA; which node is meant
// comes with the TLS server name. A caller that is not the control plane is cut off before it can ask for anything.
import { createServer, type Server } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { nodeTlsName } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import type { NodeDoor } from './calls/handlers';
import { handleConsoleUpgrade } from './console/console-upgrade';
import type { Identity } from './identity';
import { agentRouter } from './router';
import { admitCallers, isAdmitted } from './server-caller';
import { wordsOf, type Log } from './log';

export type AgentServer = {
  /** Answers the port, which matters where 0 was asked for. */
  listen(host: string, port: number): Promise<number>;
  addNode(identity: Identity, door: NodeDoor): void;
  /** Until the answer is called, a name that is not served may be a joining node's: who asks for it is put off, not shown another node. */
  expectNode(): () => void;
  /** From now on the node is not served; its open connections are cut after `lingerMs`, so that a last answer can still leave. */
  removeNode(nodeId: string, lingerMs?: number): void;
  /** New connections get the new certificate; open ones go on. */
  renew(identity: Identity): void;
  close(): Promise<void>;
};

const bodyLimitBytes = 1024 * 1024;
/** How long the answer to the last call of a node may take to leave. */
export const lastAnswerMs = 1_000;

export const serverLimits = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 20_000,
  connectionsCheckingInterval: 5_000,
  // Longer than the client keeps idle connections, so that it never writes into one that is just being closed.
  keepAliveTimeout: 75_000,
  maxHeaderSize: 16 * 1024,
} as const;

type Served = { door: NodeDoor; context: SecureContext };

export type AgentServerRequest = { log: Log; limits?: Partial<ServerLimits> };

export function createAgentServer({ log, limits = {} }: AgentServerRequest): AgentServer {
  const nodes = new Map<string, Served>();
  let expected = 0;
  const contextOf = ({ key, certificate, ca }: Identity) =>
    createSecureContext({ key, cert: certificate, ca, minVersion: 'TLSv1.3' });
  // A name that is not served gets the first node's certificate: so the caller learns that another node lives here.
  const contextFor = (name: string) => {
    const anyNode = expected > 0 ? undefined : nodes.values().next().value;
    return (nodes.get(name) ?? anyNode)?.context;
  };

  const server = createServer({
    ...serverLimits,
    ...limits,
    minVersion: 'TLSv1.3',
    // Only the cluster's, which come with each node's context; what Node trusts takes time and memory to read.
    ca: [],
    requestCert: true,
    rejectUnauthorized: true,
    keepAlive: true,
    keepAliveInitialDelay: 15_000,
    SNICallback: (name, answer) => {
      const context = contextFor(name);
      answer(context ? null : new Error('this node is not served yet'), context);
    },
  });
  const doorOf = (socket: Socket): NodeDoor | undefined =>
    isAdmitted(socket) && typeof socket.servername === 'string'
      ? nodes.get(socket.servername)?.door
      : undefined;

  const answerCall = createHTTPHandler({
    router: agentRouter,
    maxBodySize: bodyLimitBytes,
    createContext: ({ req }) => {
      const door = doorOf(req.socket);
      if (!door) throw new AppError('unavailable', 'This node has left');
      return { door };
    },
  });
  const sockets = admitCallers(server, log);
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (doorOf(request.socket)) answerCall(request, response);
    else request.socket.destroy();
  });
  server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const door = doorOf(socket);
    if (!door) socket.destroy();
    else void handleConsoleUpgrade({ door, request, socket, head });
  });

  return {
    listen: (host, port) => {
      // What every call is made into. Node loads it at its first use, which takes a slow node seconds: then nobody waits for its beats yet.
      void new Request('https://localhost/');
      return listen(server, host, port);
    },
    addNode: (identity, door) =>
      void nodes.set(nodeTlsName(identity.nodeId), { door, context: contextOf(identity) }),
    expectNode: () => {
      expected += 1;
      return () => void (expected -= 1);
    },
    removeNode: (nodeId, lingerMs = 0) => {
      const name = nodeTlsName(nodeId);
      nodes.delete(name);
      const cut = () => sockets.forEach((socket) => socket.servername === name && socket.destroy());
      if (lingerMs === 0) cut();
      else setTimeout(cut, lingerMs).unref();
    },
    renew: (identity) => {
      const served = nodes.get(nodeTlsName(identity.nodeId));
      if (served) served.context = contextOf(identity);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        // Also consoles, which the HTTP server has let go of.
        sockets.forEach((socket) => socket.destroy());
        server.closeAllConnections();
      }),
  };
}

type ServerLimits = { [K in keyof typeof serverLimits]: number };

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new AppError('unavailable', `Cannot listen on ${host}:${port}: ${wordsOf(cause)}`, { cause })),
    );
    server.listen(port, host, () => {
      // A listening TCP server's address is never a pipe's name.
      resolve((server.address() as AddressInfo).port);
    });
  });
}
