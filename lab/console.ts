// The console that runs on this machine, as the machine's root sees it: its address, and commands with which nodes join it.
import { join } from 'node:path';
import { z } from 'zod';
import { agentDataFolder } from '@/contract/agent-install';
import { mustRun } from '@/tools/setup/run-command.mjs';
import { findRunningProduct } from '@/tools/supervisor/running-product';
import { readSettings } from '@/tools/supervisor/settings';
import type { LabNode } from './lab-node';

export type Console = {
  url: string;
  /** Each joins one machine to the first cluster, within the hour: the very command that the console shows. */
  installCommands(count: number): Promise<string[]>;
};

/** For the agent to serve; what comes before it is done in another while at most. */
const installPatienceSeconds = 240;
const installTimeoutMs = 2 * installPatienceSeconds * 1000;
const Commands = z.object({ installCommands: z.array(z.string()) });

/** Where this machine keeps the lab, beside the data of the console that its nodes belong to. */
export function labFolder(root: string): string {
  return join(readSettings(root, process.env).dataFolder, 'lab');
}

/** Throws when none runs. */
export function findConsole(root: string): Console {
  const product = findRunningProduct(root, process.env);
  if (!product) throw new Error('No console runs here; start it first with npm start');
  const { settings, environment } = product;
  return {
    url: settings.url,
    async installCommands(count) {
      const args = [join(settings.root, 'dist', 'bootstrap.mjs'), '--install-commands', String(count)];
      const output = await mustRun(process.execPath, args, { cwd: settings.root, env: environment });
      const line = output.trim().split('\n').at(-1) ?? '';
      return Commands.parse(JSON.parse(line)).installCommands;
    },
  };
}

/**
 * Runs on a node what an operator would. Only where this machine reaches the agent is told, for the node cannot know. Throws with the last
 * words of the installation.
 */
export async function joinNode(node: LabNode, installCommand: string): Promise<void> {
  const settings = `export CORRAL_ADVERTISE=${node.agentAddress} CORRAL_WAIT_SECONDS=${installPatienceSeconds}`;
  const { exitCode, output } = await node.sh(`${settings}; ${installCommand}`, installTimeoutMs);
  if (exitCode !== 0) throw new Error(output.trim().split('\n').at(-1));
}

export async function hasJoined(node: LabNode): Promise<boolean> {
  return node.isRunning() && (await node.sh(`test -e ${agentDataFolder}/identity.json`)).exitCode === 0;
}
