// Simulated nodes for development, demonstrations and scale tests: any number of them in one process on one port.
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import {
  addressOf,
  need,
  parse,
  readListen,
  readUrl,
  runProgram,
  stopSignal,
  untilAborted,
  UsageError,
} from './command-line';
import { lockDataFolder } from './data-lock';
import { logToStdout as log } from './log';
import { startSimulatedNodes } from './simulated-nodes';

const usage =
  'Usage: simulated-agents.mjs --data <dir> --listen <host:port> --url <control plane url> (--tokens-file <file> | --token <token>) [--nodes <number>] [--name-prefix sim-] [--advertise <host:port>] [--memory-mib <n>] [--disk-mib <n>]';
const timing = { startMs: 300, shutdownMs: 1_500, crashAfterMs: 5_000 };
const sync = { syncTicks: 20, tickMs: 250 };
const joinsAtOnce = 8;

await runProgram(async () => {
  const values = parse(process.argv.slice(2), [
    ...['data', 'listen', 'url', 'tokens-file', 'token', 'nodes', 'name-prefix', 'advertise'],
    ...['memory-mib', 'disk-mib'],
  ]);
  const dataDir = need(values, 'data');
  const listen = readListen(need(values, 'listen'));
  const url = readUrl(need(values, 'url'));
  const tokens = await readTokens(values['tokens-file'], values['token']);
  const count = Number(values['nodes'] ?? tokens.length);
  if (!Number.isInteger(count) || count < 1) throw new UsageError(`--nodes must be a number. ${usage}`);
  const size = {
    threads: 32,
    memoryMiB: Number(values['memory-mib'] ?? 131_072),
    diskMiB: Number(values['disk-mib'] ?? 2_097_152),
  };
  const stop = stopSignal();
  const unlock = await lockDataFolder(dataDir);
  const advertise = values['advertise'];
  const nodes = await startSimulatedNodes({ dataDir, ...listen, advertise, log, sync });
  try {
    const names = Array.from({ length: count }, (_, index) =>
      nameOf(values['name-prefix'] ?? 'sim-', index + 1),
    );
    const joinOne = async (name: string, index: number) => {
      await nodes.joinAndOpen({ name, token: tokens[index] ?? '', url, signal: stop, size, timing });
    };
    await eachAtOnce(names, joinsAtOnce, joinOne);
    log(`${count} simulated nodes serve at ${nodes.address}`);
    process.send?.({ kind: 'ready', address: addressOf(listen, nodes.address) });
    await untilAborted(stop);
  } catch (error) {
    if (!stop.aborted) throw error;
  } finally {
    await nodes.close();
    await unlock();
  }
});

function nameOf(prefix: string, number: number): string {
  return `${prefix}${String(number).padStart(3, '0')}`;
}

/** Nodes that have joined need none, so a restart works without tokens. */
async function readTokens(file: string | undefined, token: string | undefined): Promise<string[]> {
  if (token !== undefined) return [token];
  if (file === undefined) return [];
  const parsed = z.array(z.string()).safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (parsed.success) return parsed.data;
  throw new UsageError(`--tokens-file ${file} is not a JSON array of tokens`);
}

async function eachAtOnce<T>(items: T[], atOnce: number, work: (item: T, index: number) => Promise<void>) {
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) await work(item, index);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
