// What a machine downloads to become a node. Nothing in it is secret: it is the same for everybody, and public like the console's pages.
import type { AgentUpgrade } from '@/contract/schemas/node';
import { version } from '@/package.json';
import { authorize, authorizeAnyone, type Ctx } from '../auth/authorize';
import { makeInstallCommand, makeInstallScript, type InstallScript } from '../install/command';
import { findBundle, findRuntime, type AgentProgram } from '../install/programs';

export async function getInstallScript(ctx: Ctx): Promise<InstallScript> {
  await authorizeAnyone(ctx, 'agent.download');
  return makeInstallScript();
}

export async function getAgentBundle(ctx: Ctx): Promise<AgentProgram> {
  await authorizeAnyone(ctx, 'agent.download');
  return findBundle();
}

export async function getAgentRuntime(ctx: Ctx): Promise<AgentProgram> {
  await authorizeAnyone(ctx, 'agent.download');
  return findRuntime();
}

export async function getAgentUpgrade(ctx: Ctx): Promise<AgentUpgrade> {
  await authorize(ctx, 'node.join');
  const commandWith = await makeInstallCommand();
  return { version, command: commandWith(null) };
}
