// The way from nothing to an answering page, and back in reverse order.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { runBootstrap } from './bootstrap';
import { childEnvironments, type ChildEnvironments } from './child-environment';
import { lockDataFolder } from './data-lock';
import { openDatabase } from './database';
import { Program } from './program';
import { waitForFreePort, waitForHealth } from './readiness';
import { localNodeName, localUrl, readOrCreateSecret, type Settings } from './settings';

/** How long programs of a start that was killed are given to end by themselves. */
const abandonedPatienceMs = 15_000;

const IdentityFile = z.object({ nodeId: z.uuid() });

export type StartUp = {
  settings: Settings;
  say: (line: string) => void;
  signal: AbortSignal;
  /** Called as things come up; undone last first. */
  onStop: (stop: () => Promise<void> | void) => void;
};

export async function startUp({ settings, say, signal, onStop }: StartUp): Promise<void> {
  const lock = lockDataFolder(settings.dataFolder);
  onStop(lock.release);
  await checkPorts(settings, lock.wasAbandoned ? abandonedPatienceMs : 0);
  const secret = readOrCreateSecret(settings);
  const database = await openDatabase(settings, say);
  onStop(database.stop);
  signal.throwIfAborted();
  const environments = childEnvironments(settings, { databaseUrl: database.url, secret });
  const { setPasswordUrl, joinToken } = await runBootstrap({
    script: path.join(settings.root, 'dist', 'bootstrap.mjs'),
    env: environments.controlPlane,
    cwd: settings.root,
    localAgent: settings.isAgentWanted
      ? { nodeId: readLocalNodeId(settings), address: localAgentAddress(settings) }
      : null,
    signal,
  });
  for (const program of describePrograms({ settings, environments, joinToken, say })) {
    signal.throwIfAborted();
    program.start();
    onStop(() => program.stop());
  }
  await waitForHealth(localUrl(settings), signal);
  say(`Corral is running at ${settings.url}`);
  if (setPasswordUrl) say(`Set the first operator's password: ${setPasswordUrl}`);
  say(`Data and logs are in ${settings.dataFolder}. Press Ctrl-C to stop; instances keep running.`);
}

async function checkPorts(
  { host, port, agentPort, isAgentWanted }: Settings,
  patienceMs: number,
): Promise<void> {
  await waitForFreePort({ host, port, variable: 'CORRAL_PORT' }, patienceMs);
  if (!isAgentWanted) return;
  if (agentPort === port) throw new Error(`CORRAL_PORT and CORRAL_AGENT_PORT are the same port, ${port}`);
  await waitForFreePort({ host: '127.0.0.1', port: agentPort, variable: 'CORRAL_AGENT_PORT' }, patienceMs);
}

function agentFolder({ dataFolder }: Settings): string {
  return path.join(dataFolder, 'agent');
}

function localAgentAddress({ agentPort }: Settings): string {
  return `127.0.0.1:${agentPort}`;
}

/** null until the local agent has joined. */
function readLocalNodeId(settings: Settings): string | null {
  const identityFile = path.join(agentFolder(settings), 'identity.json');
  if (!existsSync(identityFile)) return null;
  try {
    return IdentityFile.parse(JSON.parse(readFileSync(identityFile, 'utf8'))).nodeId;
  } catch (cause) {
    throw new Error(`${identityFile} cannot be read; it names the node that this agent joined as`, { cause });
  }
}

type ProgramsOf = {
  settings: Settings;
  environments: ChildEnvironments;
  joinToken: string | null;
  say: (line: string) => void;
};

/** In the order of starting. */
function describePrograms({ settings, environments, joinToken, say }: ProgramsOf): Program[] {
  const logFolder = path.join(settings.dataFolder, 'logs');
  const make = (name: string, { env, args }: { env: NodeJS.ProcessEnv; args: () => string[] }) => {
    const script = path.join(settings.root, 'dist', `${name}.mjs`);
    return new Program({ name, script, args, env, cwd: settings.root, logFolder, say });
  };
  const controlPlane = { env: environments.controlPlane, args: () => [] };
  const agent = { env: environments.agent, args: () => agentArguments(settings, joinToken) };
  return [
    make('engine', controlPlane),
    make('web', controlPlane),
    ...(settings.isAgentWanted ? [make('agent', agent)] : []),
  ];
}

function agentArguments(settings: Settings, joinToken: string | null): string[] {
  const joining = joinToken && !readLocalNodeId(settings) ? ['--join', joinToken, '--url', settings.url] : [];
  return [
    ...['run', '--data', agentFolder(settings), '--listen', localAgentAddress(settings)],
    ...['--name', localNodeName(), ...joining],
  ];
}
