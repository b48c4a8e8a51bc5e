// Every WebSocket that the web process answers, tried by those who may not pass; and that Next answers none.
import { createServer, IncomingMessage, type Server, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import next from 'next';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { consoleSocketPath } from '@/contract/paths';
import { createRelayWorld, outcomeOf, type RelayWorld } from './console/testing/relay-world';
import { answerUpgrades, upgradeDoors } from './upgrades';

let world: RelayWorld;
let server: Server;
let url: string;
const stamped: (string | undefined)[] = [];
const sockets: Duplex[] = [];

beforeAll(async () => {
  world = await createRelayWorld();
  server = createServer();
  server.prependListener('upgrade', (_, socket) => void sockets.push(socket));
  const stamp = (request: IncomingMessage) => void stamped.push(request.url);
  answerUpgrades(server, { doors: upgradeDoors(world.relay), stamp, others: null });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `ws://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

const outcomeAt = (path: string, headers: Record<string, string> = {}) =>
  outcomeOf(new WebSocket(url + path, { headers }));

const doors = [...upgradeDoors({ handleUpgrade: () => {} }).keys()];

describe('a WebSocket', () => {
  it('is answered at these paths', () => {
    expect(doors).toEqual([consoleSocketPath]);
  });

  it.each(doors)('at %s is refused to pages of other sites and to visitors', async (path) => {
    expect(await outcomeAt(path)).toBe(403);
    expect(await outcomeAt(path, { origin: 'https://evil.test' })).toBe(403);
    expect(await outcomeAt(path, { origin: 'https://corral.test' })).toBe(401);
    expect(world.opened).toEqual([]);
    expect(stamped).toContain(path);
  });

  it.each([
    '/',
    '/ws',
    '/ws/consoles',
    '/ws/console/',
    '/WS/console',
    '/instances',
    '/_next/hmr',
    '/api/v1/events',
  ])('at %s is ended without an answer', async (path) => {
    expect(await outcomeAt(path, { origin: 'https://corral.test' })).toBe(0);
    expect(sockets.at(-1)?.destroyed).toBe(true);
  });
});

it('is answered by Next on its own server alone', async () => {
  const nextServer = createServer();
  const app = next({ dev: false, dir: '/', httpServer: nextServer });
  const before = server.listenerCount('upgrade');
  const request = Object.assign(new IncomingMessage(Object.create(null)), { socket: { server } });
  // Nothing is built, so it cannot answer the request; it has attached itself before.
  await app
    .getRequestHandler()(request, new ServerResponse(request))
    .catch(() => {});
  expect(nextServer.listenerCount('upgrade')).toBe(1);
  expect(server.listenerCount('upgrade')).toBe(before);
});
