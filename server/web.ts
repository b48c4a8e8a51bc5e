// The web process: Next's pages and REST routes, the live stream, and the console WebSockets, all on one port.
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import next from 'next';
import { createAgentClient } from './agents/agent-client';
import { credentialsOf, loadControlIdentity } from './agents/control-identity';
import { stampRemoteAddress } from './auth/remote-address';
import { actorFromCookies } from './auth/session-actor';
import { createConsoleRelay } from './console/relay';
import { recordAudit } from './db/audit';
import { createDb } from './db/client';
import { env } from './env';
import { openFeed } from './events/feed';
import { restoreExactLength } from './http/exact-length';
import { log } from './log';
import { dieWith, onProcessEnd } from './process-end';
import { answerUpgrades, upgradeDoors } from './upgrades';
import { renewControlCertificate } from './watchers/renew-control-certificate';

const { CORRAL_HOST: hostname, CORRAL_PORT: port, CORRAL_SECRET: secret, DATABASE_URL: url } = env();
const dev = env().NODE_ENV === 'development';
const stamp = (req: IncomingMessage) => stampRemoteAddress(req, env().CORRAL_TRUST_PROXY);

const server = createServer();
// A browser that trickles its request must not hold a connection for ever; streams are responses and not affected.
server.headersTimeout = 20_000;
server.requestTimeout = 60_000;

// The configuration as the build has left it, as Next's own standalone server is given it: to read next.config.ts again, Next would load its
// compilers, which then stay in memory.
if (!dev) {
  const built = JSON.parse(await readFile('.next/required-server-files.json', 'utf8')) as { config: object };
  process.env['__NEXT_PRIVATE_STANDALONE_CONFIG'] = JSON.stringify(built.config);
}

// Next answers upgrades by itself on the server it is given, so it gets one of its own, to which nobody connects.
const nextServer = createServer();
const app = next({ dev, hostname, port, httpServer: nextServer });
const db = createDb(url, 4);
const [identity, feed] = await Promise.all([
  loadControlIdentity(db, secret),
  openFeed({ db, url }),
  app.prepare(),
]).catch((error: unknown) =>
  dieWith(`The web process cannot start: ${error instanceof Error ? error.message : String(error)}`),
);
const agents = createAgentClient(credentialsOf(identity));
const renewal = renewControlCertificate({ db, secret, agents });
const relay = createConsoleRelay({
  db,
  agents,
  origin: new URL(env().CORRAL_URL).origin,
  authenticate: (cookies, address) => actorFromCookies(cookies, { db, secret, address }),
  onChange: (listener) => feed.subscribe(listener),
  audit: (entry) => recordAudit(db, entry),
  onError: (error) => log.error({ error }, 'console relay'),
});

const handle = app.getRequestHandler();

server.on('request', (req, res) => {
  stamp(req);
  restoreExactLength(res);
  void handle(req, res);
});

answerUpgrades(server, { doors: upgradeDoors(relay), stamp, others: dev ? nextServer : null });

server.on('error', (error) =>
  dieWith(`The web process cannot listen on ${hostname}:${port}: ${error.message}`),
);
server.listen(port, hostname, () => console.log(`web listens on http://${hostname}:${port}`));

onProcessEnd(async () => {
  renewal.close();
  server.close();
  await relay.close();
  server.closeAllConnections();
  await feed.close();
  await agents.close();
  await db.$disconnect();
});
