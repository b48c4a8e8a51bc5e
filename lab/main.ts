// `npm run lab`: runs the lab, or tells the one that runs what to do.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { readCommand, usage, UsageError, type LabCommand } from './command-line';
import { labFolder } from './console';
import { askLab, describeState, type LabState } from './control';
import { runInNode } from './node-shell';
import { controlSocket, runLab } from './running-lab';
import { openTerminal } from './terminal';

/** This file and its bundle in dist/ are both one folder below the product's. */
const root = join(import.meta.dirname, '..');
const dayMs = 24 * 3_600_000;

async function main(command: LabCommand): Promise<number> {
  const folder = labFolder(root);
  const socket = controlSocket(folder);
  switch (command.kind) {
    case 'help':
      console.log(usage);
      return 0;
    case 'run':
      await runLab({ ...command, root, folder, stop: stopOnSignal() });
      return 0;
    case 'ask': {
      const state = await askLab(socket, command.request);
      if (state) console.log(describeState(state));
      else if (command.request.command !== 'reset') throw noLab();
      else rmSync(folder, { recursive: true, force: true });
      return 0;
    }
    case 'shell': {
      const { exitCode, output } = await runInNode(
        (await portsOf(command.node, socket)).shell,
        command.command,
        dayMs,
      );
      process.stdout.write(output);
      return exitCode;
    }
    case 'console':
      await openTerminal((await portsOf(command.node, socket)).terminal);
      return 0;
  }
}

async function portsOf(name: string, socket: string): Promise<LabState['nodes'][number]['ports']> {
  const state = await askLab(socket, { command: 'status' });
  if (!state) throw noLab();
  const node = state.nodes.find((one) => one.name === name);
  if (!node) throw new Error(`The lab has no ${name}`);
  if (!node.isRunning) throw new Error(`${name} has no power`);
  return node.ports;
}

const noLab = () => new Error('The lab does not run; start it with npm run lab');

/** A second signal ends at once; the kernel then ends the nodes. */
function stopOnSignal(): AbortController {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stop.abort();
      // One Ctrl-C comes twice under npm, which passes on what the terminal has sent to both.
      setTimeout(() => process.once(signal, () => process.exit(1)), 300).unref();
      process.on(signal, () => undefined);
    });
  }
  return stop;
}

try {
  process.exit(await main(readCommand(process.argv.slice(2))));
} catch (error) {
  console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(error instanceof UsageError ? 2 : 1);
}
