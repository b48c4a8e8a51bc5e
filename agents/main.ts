// The agent of one node: takes its data folder, joins if it has to, finds its instances again and serves until it is told to stop.
import { AppError } from '@/contract/errors';
import { openNode } from './agent-node';
import { createAgentServer, lastAnswerMs, type AgentServer } from './agent-server';
import {
  addressOf,
  readRunOptions,
  runProgram,
  stopSignal,
  untilAborted,
  type RunOptions,
} from './command-line';
import { checkNode, checkQuickly, checkThoroughly, rememberChecks } from './checks/node-checks';
import { formatChecks, requireNothingMissing } from './checks/say-checks';
import { lockDataFolder } from './data-lock';
import { openDefinitions } from './definitions';
import { identify } from './identify';
import { createIdentityStore, type Identity, type IdentityStore } from './identity';
import { logToStdout as log } from './log';
import { readNodeFacts } from './node-facts';
import { createRealDrivers } from './real-drivers';
import { createRealTools } from './real-tools';
import { agentVersion } from './version';
import { forgetWaitingToken, withWaitingToken } from './waiting-token';

await runProgram(async () => {
  if (process.argv[2] === 'check') return showChecks();
  const options = readRunOptions(process.argv.slice(2));
  const stop = stopSignal();
  const unlock = await lockDataFolder(options.dataDir);
  try {
    await serve(options, stop);
  } finally {
    await unlock();
  }
});

async function serve(given: RunOptions, stop: AbortSignal): Promise<void> {
  const { dataDir, listen } = given;
  const server = createAgentServer({ log });
  // Before joining: a port that is taken must not cost the one-time token.
  const port = await server.listen(listen.host, listen.port);
  const store = createIdentityStore(dataDir);
  const address = addressOf({ ...listen, port }, given.advertise);
  const identity = await identifyOnce(given, { store, address, log, stop });
  if (!identity) return;
  const left = new AbortController();
  const node = await open(identity, { given, store, server, onLeft: () => left.abort() });
  server.addNode(identity, node);
  log(`agent ${agentVersion} serves node ${identity.nodeId} at ${address}`);
  process.send?.({ kind: 'ready', nodeId: identity.nodeId, address });
  await untilAborted(AbortSignal.any([stop, left.signal]));
  if (left.signal.aborted) {
    server.removeNode(identity.nodeId, lastAnswerMs);
    await new Promise((resolve) => setTimeout(resolve, lastAnswerMs));
  }
  log('stopping; instances keep running');
  await Promise.all([server.close(), node.close()]);
}

/** Tries a waiting join token once: the start after a refusal is one without. */
async function identifyOnce(given: RunOptions, identifying: Parameters<typeof identify>[1]) {
  try {
    const identity = await identify(await withWaitingToken(given), identifying);
    if (identity) await forgetWaitingToken(given);
    return identity;
  } catch (error) {
    if (error instanceof AppError) await forgetWaitingToken(given);
    throw error;
  }
}

type Opening = { given: RunOptions; store: IdentityStore; server: AgentServer; onLeft(): void };

async function open({ nodeId }: Identity, { given, store, server, onLeft }: Opening) {
  const { dataDir, osPath, replicationAddress } = given;
  const readThoroughly = rememberChecks(checkThoroughly);
  const readChecks: typeof readThoroughly = async (how) => [
    ...(await readThoroughly(how)),
    ...(await checkQuickly()),
  ];
  const drivers = await createRealDrivers({ dataDir, osPath });
  return openNode({
    nodeId,
    dataDir,
    drivers,
    tools: createRealTools({ dataDir, drivers }),
    definitions: await openDefinitions(dataDir, log),
    store,
    log,
    readFacts: ({ checkAgain = false } = {}) =>
      readNodeFacts({
        ...{ agentVersion, drivers, replicationAddress },
        readChecks: () => readChecks({ again: checkAgain }),
      }),
    onRenewed: async () => {
      const renewed = await store.read();
      if (renewed) server.renew(renewed);
    },
    onLeft,
  });
}

async function showChecks(): Promise<void> {
  const checks = await checkNode();
  process.stdout.write(formatChecks(checks));
  requireNothingMissing(checks);
}
