// The way from nothing to an answering page, and back in reverse order.
import path from 'node:path';
import { runBootstrap } from './bootstrap';
import { childEnvironments, type ChildEnvironments } from './child-environment';
import { lockDataFolder } from './data-lock';
import { openDatabase } from './database';
import {
  launchAgent,
  localAgentAddress,
  readLocalNodeId,
  whyAgentIsDone,
  type Invitation,
} from './local-agent';
import { Program } from './program';
import { waitForFreePort, waitForHealth, type Patience } from './readiness';
import { localUrl, readOrCreateSecret, type Settings } from './settings';

/** How long programs of a start that was killed are given to end by themselves. */
const abandonedPatienceMs = 15_000;

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
  await checkPorts(settings, { patienceMs: lock.wasAbandoned ? abandonedPatienceMs : 0, signal });
  const secret = readOrCreateSecret(settings);
  const database = await openDatabase({ settings, say, signal });
  onStop(database.stop);
  signal.throwIfAborted();
  const environments = childEnvironments(settings, { databaseUrl: database.url, secret });
  const nodeId = readLocalNodeId(settings);
  const { setPasswordUrl, joinToken } = await runBootstrap({
    script: path.join(settings.root, 'dist', 'bootstrap.mjs'),
    env: environments.controlPlane,
    cwd: settings.root,
    localAgent: settings.isAgentWanted ? { nodeId, address: localAgentAddress(settings) } : null,
    signal,
  });
  const invitation = joinToken === null ? null : { joinToken, nodeId };
  for (const program of describePrograms({ settings, environments, invitation, say })) {
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
  patience: Patience,
): Promise<void> {
  await waitForFreePort({ host, port, variable: 'CORRAL_PORT' }, patience);
  if (!isAgentWanted) return;
  if (agentPort === port) throw new Error(`CORRAL_PORT and CORRAL_AGENT_PORT are the same port, ${port}`);
  await waitForFreePort({ host: '127.0.0.1', port: agentPort, variable: 'CORRAL_AGENT_PORT' }, patience);
}

type ProgramsOf = {
  settings: Settings;
  environments: ChildEnvironments;
  invitation: Invitation | null;
  say: (line: string) => void;
};

/** In the order of starting. */
function describePrograms({ settings, environments, invitation, say }: ProgramsOf): Program[] {
  const common = { cwd: settings.root, logFolder: path.join(settings.dataFolder, 'logs'), say };
  const scriptOf = (name: string) => path.join(settings.root, 'dist', `${name}.mjs`);
  const launch = { args: [], env: environments.controlPlane };
  const controlPlane = ['engine', 'web'].map(
    (name) => new Program({ name, script: scriptOf(name), launch: () => launch, ...common }),
  );
  const agent = new Program({
    name: 'agent',
    script: scriptOf('agent'),
    launch: () => launchAgent({ settings, env: environments.agent, invitation }),
    whyNotAgain: (exitCode) => whyAgentIsDone({ settings, invitation, exitCode }),
    ...common,
  });
  return settings.isAgentWanted ? [...controlPlane, agent] : controlPlane;
}
