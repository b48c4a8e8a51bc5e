// The relay behind a real HTTP server, with real sessions, tickets and events; only the node is played: its consoles are in-memory pairs.
import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import { encode } from 'next-auth/jwt';
import { WebSocket } from 'ws';
import { consoleProtocol, consoleSocketPath, ticketProtocolPrefix } from '@/contract/paths';
import type { ConsoleKind } from '@/contract/schemas/instance';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import type { Actor } from '../../auth/actor';
import { remoteAddressHeader } from '../../auth/remote-address';
import { actorFromCookies, findActor, sessionCookieName } from '../../auth/session-actor';
import { startSession } from '../../auth/sessions';
import { recordAudit } from '../../db/audit';
import { createDb, type Db } from '../../db/client';
import { type Feed, openFeed } from '../../events/feed';
import type { ConsoleNode } from '../gate';
import { type ConsoleRelay, type ConsoleRelayOptions, createConsoleRelay } from '../relay';
import { issueTicket } from '../tickets';

const secret = 'a secret of the tests, long enough';
const origin = 'https://corral.test';

/** A console that the relay opened: `near` is the relay's side, `far` the machine's. */
export type OpenedConsole = {
  node: ConsoleNode;
  instanceId: string;
  kind: ConsoleKind;
  near: Duplex;
  far: Duplex;
};
export type SignedIn = { actor: Actor; cookie: string };
export type Request = {
  ticket?: string;
  cookie?: string;
  origin?: string | null;
  path?: string;
  protocols?: string[];
  /** Where it comes from, as the web entry point would stamp it. */
  address?: string;
};

export type RelayWorld = {
  db: Db;
  relay: ConsoleRelay;
  opened: OpenedConsole[];
  /** The server's side of every connection that asked for an upgrade. */
  sockets: Socket[];
  errors: unknown[];
  /** What the played node does instead of opening a console, and meanwhile. */
  node: { fails: Error | null; whileOpening: () => Promise<void> };
  close(): Promise<void>;
  /** The browsers' side of every connection that was tried. */
  clients: WebSocket[];
  makeUser(role?: 'operator' | 'customer'): Promise<string>;
  signIn(userId: string): Promise<SignedIn>;
  makeInstance(ownerId: string | null, placed?: boolean): Promise<string>;
  ticketFor(actor: Actor, instanceId: string, kind?: ConsoleKind): Promise<string>;
  connect(request: Request, options?: { autoPong?: boolean }): WebSocket;
  /** Opens a console as the user's page does. */
  open(who: SignedIn, instanceId: string, kind?: ConsoleKind): Promise<WebSocket>;
};

export async function createRelayWorld(timings: ConsoleRelayOptions['timings'] = {}): Promise<RelayWorld> {
  const database = await createTestDatabase();
  const db = createDb(database.url, 6);
  const feed = await openFeed({ db, url: database.url });
  const opened: OpenedConsole[] = [];
  const sockets: Socket[] = [];
  const errors: unknown[] = [];
  const node: RelayWorld['node'] = { fails: null, whileOpening: async () => {} };
  const relay = createConsoleRelay({
    db,
    origin,
    timings,
    agents: {
      async openConsole(where, instanceId, kind) {
        if (node.fails) throw node.fails;
        await node.whileOpening();
        const [near, far] = duplexPair();
        far.on('error', () => {});
        opened.push({ node: where, instanceId, kind, near, far });
        return near;
      },
    },
    authenticate: (cookies, address) => actorFromCookies(cookies, { db, secret, address, secure: false }),
    onChange: (listener) => feed.subscribe(listener),
    audit: (record) => recordAudit(db, record),
    onError: (error) => errors.push(error),
  });
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    if (socket instanceof Socket) sockets.push(socket);
    relay.handleUpgrade(request, socket, head);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const rows = await makeRows(db);
  const clients: WebSocket[] = [];
  const connect = connectTo(server, clients);
  return {
    db,
    relay,
    opened,
    sockets,
    errors,
    node,
    ...rows,
    connect,
    clients,
    async open(who, instanceId, kind = 'screen') {
      const ws = connect({ cookie: who.cookie, ticket: await rows.ticketFor(who.actor, instanceId, kind) });
      await outcomeOf(ws).then((outcome) => {
        if (outcome !== 101) throw new Error(`refused with ${outcome}`);
      });
      return ws;
    },
    close: () => closeAll({ relay, server, feed, db, database }),
  };
}

/** 101 when it opened, else the status of the refusal; 0 when the connection just ended. */
export function outcomeOf(ws: WebSocket): Promise<number> {
  return new Promise((resolve) => {
    ws.once('open', () => resolve(101));
    ws.once('unexpected-response', (request, response) => {
      resolve(response.statusCode ?? 0);
      request.destroy();
    });
    ws.on('error', () => resolve(0));
  });
}

export function closeOf(ws: WebSocket): Promise<number> {
  return new Promise((resolve) => ws.once('close', resolve));
}

function connectTo(server: Server, clients: WebSocket[]): RelayWorld['connect'] {
  return (request, { autoPong = true } = {}) => {
    const address = server.address();
    const { port } =
      address && typeof address === 'object' ? address : ({ port: 0 } satisfies Pick<AddressInfo, 'port'>);
    const protocols = request.protocols ?? [
      consoleProtocol,
      `${ticketProtocolPrefix}${request.ticket ?? ''}`,
    ];
    const client = new WebSocket(`ws://127.0.0.1:${port}${request.path ?? consoleSocketPath}`, protocols, {
      autoPong,
      headers: {
        ...(request.cookie === undefined ? {} : { cookie: request.cookie }),
        ...(request.origin === null ? {} : { origin: request.origin ?? origin }),
        ...(request.address === undefined ? {} : { [remoteAddressHeader]: request.address }),
      },
    });
    clients.push(client);
    return client;
  };
}

type Rows = Pick<RelayWorld, 'makeUser' | 'signIn' | 'makeInstance' | 'ticketFor'>;

async function makeRows(db: Db): Promise<Rows> {
  const offers = { hypervisors: ['simulated'], diskTemplates: ['simulated'] };
  const { id: clusterId } = await db.cluster.create({ data: { name: randomUUID(), ...offers } });
  const node = await db.node.create({ data: { clusterId, name: 'node1', address: '127.0.0.1:1' } });
  return {
    makeUser: async (role = 'customer') =>
      (await db.user.create({ data: { login: randomUUID(), name: 'Ada', role } })).id,
    async signIn(userId) {
      const sessionId = await startSession(db, { userId, address: null });
      const actor = await findActor(db, { sessionId, userId, address: null });
      if (!actor) throw new Error('cannot sign in');
      const token = await encode({ secret, token: { sid: sessionId, sub: userId } });
      return { actor, cookie: `${sessionCookieName(false)}=${token}` };
    },
    async makeInstance(ownerId, placed = true) {
      const spec = {
        hypervisor: 'simulated',
        os: { kind: 'none' },
        vcpus: 1,
        memoryMiB: 64,
        diskTemplate: 'diskless',
      };
      const nodeId = placed ? node.id : null;
      const row = await db.instance.create({
        data: { name: randomUUID(), clusterId, ownerId, nodeId, ...spec },
      });
      return row.id;
    },
    ticketFor: async (actor, instanceId, kind = 'screen') =>
      (await db.$transaction((tx) => issueTicket(tx, { actor, instanceId, kind }))).ticket,
  };
}

type Parts = { relay: ConsoleRelay; server: Server; feed: Feed; db: Db; database: TestDatabase };

async function closeAll({ relay, server, feed, db, database }: Parts): Promise<void> {
  await relay.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await feed.close();
  await db.$disconnect();
  await database.drop();
}
