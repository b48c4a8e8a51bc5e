// What the agent programs are told on the command line. Mistakes are one clear line each.
import { hostname } from 'node:os';
import { isIP } from 'node:net';
import { parseArgs } from 'node:util';
import { joinTokenVariable } from '@/contract/agent-install';
import { AppError } from '@/contract/errors';
import { NodeName } from '@/contract/names';

export type Listen = { host: string; port: number };
export type RunOptions = {
  dataDir: string;
  listen: Listen;
  /** host:port; null: where it listens. */
  advertise: string | null;
  name: string;
  /** Where other nodes are to reach this one; null: the agent finds out. */
  replicationAddress: string | null;
  /** The control plane to join, where that should be needed. */
  url: string | null;
  join: { token: string; url: string } | null;
  /** Folders with OS definitions; null: the usual ones. */
  osPath: string[] | null;
};

export const usage =
  'Usage: agent.mjs run --data <dir> --listen <host:port> [--advertise <host:port>] [--name <node name>] [--replication-address <ip>] [--url <control plane url> --join <token>] [--os-path <dir:dir>], or agent.mjs check. The token is better given in CORRAL_JOIN_TOKEN, where other users of the machine cannot read it.';

/** A mistake on the command line: the program ends with exit code 2. */
export class UsageError extends Error {}

/** Takes the token out of the environment, so that no program that the agent starts inherits it. */
export function readRunOptions(
  argv: string[],
  env: Record<string, string | undefined> = process.env,
): RunOptions {
  const tokenFromEnv = env[joinTokenVariable] || undefined;
  delete env[joinTokenVariable];
  const [command, ...rest] = argv;
  if (command !== 'run') throw new UsageError(command ? `There is no command "${command}". ${usage}` : usage);
  const options = ['data', 'listen', 'advertise', 'name', 'replication-address', 'join', 'url', 'os-path'];
  const values = parse(rest, options);
  const { join: token = tokenFromEnv, url: urlText } = values;
  if (token !== undefined && urlText === undefined)
    throw new UsageError('A join token and --url belong together: say whose token it is');
  const url = urlText === undefined ? null : readUrl(urlText);
  return {
    dataDir: need(values, 'data'),
    listen: readListen(need(values, 'listen')),
    advertise: values['advertise'] === undefined ? null : readAddress('advertise', values['advertise']),
    name: readName(values['name'] ?? hostname().toLowerCase()),
    replicationAddress: readIp(values['replication-address']),
    url,
    join: token !== undefined && url !== null ? { token, url } : null,
    osPath: readFolders('os-path', values['os-path']),
  };
}

type Values = Record<string, string | undefined>;

export function parse(args: string[], names: string[]): Values {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: 'string' as const }]));
    const { values } = parseArgs({ args, options, strict: true });
    // A unit passes on what stands in its settings file, also where nothing stands there.
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value || undefined]));
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export function need(values: Values, name: string): string {
  const value = values[name];
  if (value) return value;
  throw new UsageError(`--${name} is missing. ${usage}`);
}

export function readListen(text: string): Listen {
  const [, v6, host, port] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) throw new UsageError(`--listen ${text} is not host:port`);
  return { host: v6 ?? host ?? '', port: Number(port) };
}

export function readUrl(text: string): string {
  if (URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)) return text;
  throw new UsageError(`--url ${text} is not an http or https address`);
}

function readFolders(option: string, text: string | undefined): string[] | null {
  const folders = text?.split(':').filter(Boolean) ?? null;
  if (folders?.every((folder) => folder.startsWith('/')) ?? true) return folders;
  throw new UsageError(`--${option} ${text} is not a list of absolute folders`);
}

function readAddress(option: string, text: string): string {
  if (/^[a-zA-Z0-9.\-[\]:]+:\d{1,5}$/.test(text)) return text;
  throw new UsageError(`--${option} ${text} is not host:port`);
}

function readIp(text: string | undefined): string | null {
  if (text === undefined || isIP(text) > 0) return text ?? null;
  throw new UsageError(`--replication-address ${text} is not an IP address`);
}

function readName(text: string): string {
  if (NodeName.safeParse(text).success) return text;
  throw new UsageError(`"${text}" is not a node name; choose one with --name`);
}

/** Where the control plane reaches an agent that listens there. */
export function addressOf({ host, port }: Listen, advertise: string | null): string {
  if (advertise !== null) return advertise;
  if (host === '0.0.0.0' || host === '::') return `${hostname().toLowerCase()}:${port}`;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Runs a program to its end: 0 when told to stop, 1 when it cannot go on, 2 when it was called wrongly. */
export async function runProgram(program: () => Promise<void>): Promise<void> {
  try {
    await program();
    process.exitCode = 0;
  } catch (error) {
    const known = error instanceof AppError || error instanceof UsageError;
    const text =
      known || !(error instanceof Error)
        ? String(error instanceof Error ? error.message : error)
        : error.stack;
    process.stderr.write(`corral agent: ${text}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
  process.exit();
}

/** Aborts when the program is told to stop: by a signal, or by the end of the process that started it with an IPC channel. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT', 'disconnect'] as const) process.once(signal, () => stop.abort());
  return stop.signal;
}

export function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
