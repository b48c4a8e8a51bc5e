// The lab behind `npm run lab`: its nodes belong to the console that runs here, and keep their disks from one run to the next.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { step } from '@/tools/setup/report.mjs';
import { findConsole, hasJoined, joinNode, type Console } from './console';
import { askLab, describeState, LabState, serveControl, type LabRequest } from './control';
import { startLab, type Lab } from './lab';
import type { LabNode } from './lab-node';

export type RunOptions = {
  root: string;
  folder: string;
  nodes: number;
  xenNodes: number;
  memoryMiB: number;
  stop: AbortController;
};

/** Advertised to the console when a node joins, so they stay as they are. */
const Remembered = z.object({ ports: z.record(z.string(), LabState.shape.nodes.element.shape.ports) });

export function controlSocket(folder: string): string {
  return join(folder, 'control.sock');
}

/** Runs until told to stop. */
export async function runLab({ root, folder, stop, ...shape }: RunOptions): Promise<void> {
  const console = findConsole(root);
  mkdirSync(folder, { recursive: true });
  if (await askLab(controlSocket(folder), { command: 'status' }))
    throw new Error('The lab runs already; see it with npm run lab -- status');
  const onPowerLost = ({ name }: LabNode) => say(`${name} has no power any more`);
  const ports = readPorts(folder);
  const starting = { ...shape, consoleUrl: console.url, folder, ports, step, onPowerLost };
  const stopped = aborted(stop.signal).then(() => Promise.reject(new Error('Stopped before the lab was up')));
  const lab = await Promise.race([step('Starting the lab', () => startLab(starting)), stopped]);
  stopped.catch(() => undefined);
  try {
    const used = Object.fromEntries(lab.nodes.map((node) => [node.name, node.ports]));
    writeFileSync(join(folder, 'lab.json'), `${JSON.stringify({ ports: { ...ports, ...used } }, null, 2)}\n`);
    const server = await serveControl(controlSocket(folder), (request) =>
      execute(request, { lab, console, stop }),
    );
    try {
      await joinAll(lab.nodes, console);
      say(describeState(await stateOf(lab)));
      say('The lab runs. Press Ctrl-C to stop it; what else it can do: npm run lab -- --help');
      await aborted(stop.signal);
    } finally {
      server.close();
    }
  } finally {
    await lab.close();
  }
}

const say = (line: string) => globalThis.console.log(line);

type Running = { lab: Lab; console: Console; stop: AbortController };

async function execute(request: LabRequest, { lab, console, stop }: Running): Promise<LabState> {
  switch (request.command) {
    case 'status':
      break;
    case 'stop': {
      const last = await stateOf(lab);
      // After the answer.
      setImmediate(() => stop.abort());
      return last;
    }
    case 'kill':
      await lab.node(request.node).kill();
      break;
    case 'start':
      await lab.node(request.node).start();
      await joinAll([lab.node(request.node)], console);
      break;
    case 'cut':
      lab.cut(lab.node(request.node).name, request.other && lab.node(request.other).name);
      break;
    case 'heal':
      lab.heal(request.node && lab.node(request.node).name, request.other && lab.node(request.other).name);
      break;
    case 'reset':
      await Promise.all(lab.nodes.map((node) => node.wipe()));
      await Promise.all(lab.nodes.map((node) => node.start()));
      await joinAll(lab.nodes, console);
      break;
  }
  return stateOf(lab);
}

/** A node that cannot join is not the end of the others: what its agent said is shown. */
async function joinAll(nodes: readonly LabNode[], console: Console): Promise<void> {
  const known = await Promise.all(nodes.map(hasJoined));
  const joining = nodes.filter((_, at) => !known[at]);
  if (joining.length === 0) return;
  const commands = await console.installCommands(joining.length);
  const join = async (node: LabNode, at: number) => {
    try {
      await step(`${node.name} joins ${console.url}`, () => joinNode(node, commands[at] ?? ''));
    } catch (error) {
      say(`${node.name} has not joined. ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  await Promise.all(joining.map(join));
}

async function stateOf(lab: Lab): Promise<LabState> {
  const nodes = lab.nodes.map(async (node) => ({
    name: node.name,
    isRunning: node.isRunning(),
    hasJoined: await hasJoined(node),
    lanAddress: node.lanAddress,
    agentAddress: node.agentAddress,
    ports: node.ports,
  }));
  return { nodes: await Promise.all(nodes), cuts: lab.cuts() };
}

function readPorts(folder: string): z.infer<typeof Remembered>['ports'] {
  const file = join(folder, 'lab.json');
  return existsSync(file) ? Remembered.parse(JSON.parse(readFileSync(file, 'utf8'))).ports : {};
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
