// The agent of this very machine: how it is started, and when it is not started again.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import type { Launch } from './program';
import { localNodeName, type Settings } from './settings';

const IdentityFile = z.object({ nodeId: z.uuid() });

/** A token to join with, and who the agent was before: nobody, or a node that the control plane does not know. */
export type Invitation = { joinToken: string; nodeId: string | null };

function agentFolder({ dataFolder }: Settings): string {
  return path.join(dataFolder, 'agent');
}

function identityFile(settings: Settings): string {
  return path.join(agentFolder(settings), 'identity.json');
}

export function localAgentAddress({ agentPort }: Settings): string {
  return `127.0.0.1:${agentPort}`;
}

/** null until the local agent has joined. */
export function readLocalNodeId(settings: Settings): string | null {
  const file = identityFile(settings);
  if (!existsSync(file)) return null;
  try {
    return IdentityFile.parse(JSON.parse(readFileSync(file, 'utf8'))).nodeId;
  } catch (cause) {
    throw new Error(`${file} cannot be read; it names the node that this agent joined as`, { cause });
  }
}

export type AgentLaunch = { settings: Settings; env: NodeJS.ProcessEnv; invitation: Invitation | null };

/** The token travels in the environment: arguments can be read by every user of the machine. */
export function launchAgent({ settings, env, invitation }: AgentLaunch): Launch {
  const args = [
    ...['run', '--data', agentFolder(settings), '--listen', localAgentAddress(settings)],
    ...['--name', localNodeName()],
  ];
  // Until it has joined with it: a token works once.
  const isInvited = invitation !== null && readLocalNodeId(settings) === invitation.nodeId;
  if (!isInvited) return { args, env };
  return {
    args: [...args, '--url', settings.url],
    env: { ...env, CORRAL_JOIN_TOKEN: invitation.joinToken },
  };
}

export type AgentEnd = { settings: Settings; invitation: Invitation | null; exitCode: number | null };

/** An agent that was told to leave ends with success, one that has nothing to join with without; either would only do so again. */
export function whyAgentIsDone({ settings, invitation, exitCode }: AgentEnd): string | null {
  if (existsSync(identityFile(settings)) || (exitCode !== 0 && invitation)) return null;
  return 'this machine is no node any more; the next start of Corral makes it one again';
}
