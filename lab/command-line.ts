// What `npm run lab` is told. Mistakes are one clear line each.
import { parseArgs } from 'node:util';
import type { LabRequest } from './control';

export type LabCommand =
  | { kind: 'run'; nodes: number; xenNodes: number; memoryMiB: number }
  | { kind: 'ask'; request: LabRequest }
  | { kind: 'shell'; node: string; command: string }
  | { kind: 'console'; node: string }
  | { kind: 'help' };

export class UsageError extends Error {}

export const usage = `Usage:
  npm run lab                        runs three nodes until Ctrl-C; they join the console that runs here
  npm run lab -- --nodes 2 --memory 1536
  npm run lab -- --xen               runs two Xen nodes beside them; --nodes 0: these alone

From another terminal:
  npm run lab -- status              says what the nodes do
  npm run lab -- kill node2          cuts the power of a node
  npm run lab -- start node2         gives it power again: same disks, same name
  npm run lab -- cut node1 node2     lets nothing through between two nodes; of one node alone: to or from all others
  npm run lab -- heal [node1 node2]  takes back one cut, or all
  npm run lab -- console node1       a terminal on a node, until exit
  npm run lab -- shell node1 -- lvs  runs a command on a node
  npm run lab -- stop                ends the lab; the nodes' disks are kept
  npm run lab -- reset               throws the nodes' disks away; if the lab runs, it starts over`;

export function readCommand(argv: string[]): LabCommand {
  const end = argv.indexOf('--');
  const [own, rest] = end < 0 ? [argv, []] : [argv.slice(0, end), argv.slice(end + 1)];
  const { values, positionals } = parse(own);
  const [name, ...names] = positionals;
  if (values.help) return { kind: 'help' };
  if (name === undefined) {
    return {
      kind: 'run',
      nodes: readNumber('nodes', values.nodes, values.xen ? 0 : 1),
      xenNodes: values.xen ? 2 : 0,
      memoryMiB: readNumber('memory', values.memory, 1),
    };
  }
  if (name === 'shell') {
    const [node] = expectNames(name, { names, least: 1, most: 1 });
    if (rest.length === 0) throw new UsageError('Say what to run: npm run lab -- shell node1 -- lvs');
    return { kind: 'shell', node, command: rest.join(' ') };
  }
  if (name === 'console')
    return { kind: 'console', node: expectNames(name, { names, least: 1, most: 1 })[0] };
  return { kind: 'ask', request: readRequest(name, names) };
}

function readRequest(name: string, names: string[]): LabRequest {
  switch (name) {
    case 'status':
    case 'stop':
    case 'reset':
      expectNames(name, { names: ['', ...names], least: 1, most: 1 });
      return { command: name };
    case 'kill':
    case 'start':
      return { command: name, node: expectNames(name, { names, least: 1, most: 1 })[0] };
    case 'cut': {
      const [node, other] = expectNames(name, { names, least: 1, most: 2 });
      return { command: name, node, other };
    }
    case 'heal':
      expectNames(name, { names: ['', ...names], least: 1, most: 3 });
      return { command: name, node: names[0], other: names[1] };
    default:
      throw new UsageError(`There is no command ${name}.\n${usage}`);
  }
}

type Expected = { names: string[]; least: number; most: number };

function expectNames(command: string, { names, least, most }: Expected): [string, string?] {
  const [first, second] = names;
  if (first === undefined || names.length < least || names.length > most)
    throw new UsageError(`This is not how to call ${command}.\n${usage}`);
  return second === undefined ? [first] : [first, second];
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        nodes: { type: 'string', default: '3' },
        xen: { type: 'boolean', default: false },
        memory: { type: 'string', default: '1024' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function readNumber(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== '' && Number.isInteger(value) && value >= least) return value;
  throw new UsageError(`--${option} ${text} is not a number`);
}
