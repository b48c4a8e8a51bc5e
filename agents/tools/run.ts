// The only place of the agent that starts programs: argument arrays, never a shell string.
import { spawn, type SpawnOptions, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { spareNoLonger } from './memory-score';

export type RunRequest = {
  argv: readonly [string, ...string[]];
  /** What is attempted, for the message: "create disk 0 of web1". */
  doing: string;
  timeoutMs: number;
  signal?: AbortSignal;
  env?: Record<string, string>;
  cwd?: string;
  input?: string;
  /** Words among the arguments that no error may show. */
  secrets?: readonly string[];
};

/** The tools of an administrator also where the agent was started without their folders. */
const searchPath = () => [process.env['PATH'], '/usr/sbin:/usr/bin:/sbin:/bin'].filter(Boolean).join(':');

const tailBytes = 4_096;
const outputLimitBytes = 16 * 1024 * 1024;

let lastTurn: Promise<void> = Promise.resolve();

/**
 * Each program starts in a turn of its own: that alone may take half a second on a slow node, and between the starts of many the agent must come to
 * say that it is there.
 */
function ownTurn(): Promise<void> {
  lastTurn = lastTurn.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
  return lastTurn;
}

/**
 * Runs a program to its end and answers its output. Throws `tool_failed` with argv, exit code and the tail of stderr, `timeout` after
 * `timeoutMs` (the program is killed), `canceled` when the signal aborts it.
 */
export async function run(request: RunRequest): Promise<{ stdout: string; stderr: string }> {
  const [program, ...args] = request.argv;
  await ownTurn();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: request.cwd,
      env: {
        NODE_ENV: 'production',
        PATH: searchPath(),
        LC_ALL: 'C.UTF-8',
        ...request.env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const out: Buffer[] = [];
    let outBytes = 0;
    let errors = '';
    let ending: 'timeout' | 'canceled' | 'output' | null = null;
    const end = (why: typeof ending) => {
      ending ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end('timeout'), request.timeoutMs);
    const onAbort = () => end('canceled');
    request.signal?.addEventListener('abort', onAbort);
    if (request.signal?.aborted) onAbort();
    child.stdout.on('data', (chunk: Buffer) => {
      outBytes += chunk.length;
      if (outBytes > outputLimitBytes) end('output');
      else out.push(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-tailBytes);
    });
    const done = (exitCode: number | null, cause?: Error) => {
      clearTimeout(timer);
      request.signal?.removeEventListener('abort', onAbort);
      const stdout = Buffer.concat(out).toString('utf8');
      if (exitCode === 0 && ending === null) resolve({ stdout, stderr: errors });
      else reject(failure({ request, exitCode, stderr: errors.trim(), ending, cause }));
    };
    child.on('error', (error) => done(null, error));
    child.on('close', (code) => done(code));
    child.stdin.on('error', () => {});
    child.stdin.end(request.input ?? '');
  });
}

export type FollowRequest = {
  argv: readonly [string, ...string[]];
  onLine(text: string): void;
  /** It ended without having been stopped, or could not be started. */
  onEnd(): void;
};

/** Runs a program that tells of things line by line for as long as it is wanted; answers what stops it. */
export function follow({ argv: [program, ...args], onLine, onEnd }: FollowRequest): () => void {
  const child = spawn(program, args, {
    env: { NODE_ENV: 'production', PATH: searchPath(), LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let isStopped = false;
  createInterface({ input: child.stdout }).on('line', (text) => {
    if (!isStopped) onLine(text);
  });
  const end = () => {
    if (!isStopped) onEnd();
    isStopped = true;
  };
  child.once('error', end);
  child.once('close', end);
  return () => {
    isStopped = true;
    child.kill('SIGTERM');
  };
}

export type GroupRequest = {
  argv: readonly [string, ...string[]];
  /** All of it: nothing is inherited. */
  env: Record<string, string>;
  cwd: string;
  timeoutMs: number;
  signal?: AbortSignal;
  /** How long what is told to end may clean up behind itself. */
  graceMs?: number;
  /** Open files instead of no input and of output in lines; `size` becomes its descriptor 3. */
  files?: { stdin?: number; stdout?: number; size?: number };
  /** Of its output and errors, as they come. */
  onLine(text: string): void;
};

export type GroupEnding = Ending & { stopped: 'timeout' | 'canceled' | null };

/** How long output of what escaped the group is waited for. */
const strayOutputMs = 1_000;

/**
 * Runs somebody else's script in a process group of its own. On time-out and cancel the whole group is told to end, then killed;
 * what the script left running in it is killed, too. Throws only where it cannot be started.
 */
export async function runGroup(request: GroupRequest): Promise<GroupEnding> {
  const [program, ...args] = request.argv;
  const { cwd, onLine, signal, graceMs = 10_000, files = {} } = request;
  // The type of process.env knows no environment without it.
  const env = { ...request.env } as NodeJS.ProcessEnv;
  const { stdin = 'ignore', stdout = 'pipe', size } = files;
  const stdio = [stdin, stdout, 'pipe', ...(size === undefined ? [] : [size])] satisfies StdioOptions;
  const options: SpawnOptions = { cwd, env, stdio, detached: true };
  const child = spawn(program, args, options);
  const outputs = [child.stdout, child.stderr].flatMap((output) => output ?? []);
  for (const input of outputs) createInterface({ input }).on('line', onLine);
  let stopped: GroupEnding['stopped'] = null;
  let killing: NodeJS.Timeout | undefined;
  const stop = (why: 'timeout' | 'canceled') => {
    stopped ??= why;
    signalGroup(child.pid, 'SIGTERM');
    killing ??= setTimeout(() => signalGroup(child.pid, 'SIGKILL'), graceMs);
  };
  const timer = setTimeout(() => stop('timeout'), request.timeoutMs);
  const onAbort = () => stop('canceled');
  signal?.addEventListener('abort', onAbort);
  if (signal?.aborted) onAbort();
  try {
    const closed = once(child, 'close');
    // Rejects where it could not be started, which the exit below tells of.
    closed.catch(() => {});
    const [exitCode, exitSignal] = GroupExit.parse(await once(child, 'exit'));
    signalGroup(child.pid, 'SIGKILL');
    await Promise.race([closed, sleep(strayOutputMs, undefined, { ref: false })]);
    return { exitCode, exitSignal, stopped };
  } finally {
    clearTimeout(timer);
    clearTimeout(killing);
    signal?.removeEventListener('abort', onAbort);
    for (const output of outputs) output.destroy();
  }
}

const GroupExit = z.tuple([z.number().nullable(), z.string().nullable()]);

function signalGroup(pid: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nobody is left in it.
  }
}

export type LaunchRequest = {
  argv: readonly [string, ...string[]];
  doing: string;
  /** Where its output goes: an open file, so that it can go on writing when the agent is gone. */
  outputFd: number;
  cwd?: string;
  /** Open files that it inherits as its descriptors 3, 4, … */
  fds?: number[];
  /** Who it runs as, without any other group. */
  user?: { uid: number; gid: number } | null;
};

export type Ending = { exitCode: number | null; exitSignal: string | null };

/** Starts a program that outlives the agent, in a session of its own. `ended` tells how it ended while the agent still lives. */
export async function launch(request: LaunchRequest): Promise<{ pid: number; ended: Promise<Ending> }> {
  const [program, ...args] = request.argv;
  const child = spawn(program, args, {
    cwd: request.cwd ?? '/',
    ...request.user,
    env: { PATH: searchPath(), LC_ALL: 'C.UTF-8', NODE_ENV: 'production' },
    stdio: ['ignore', request.outputFd, request.outputFd, ...(request.fds ?? [])],
    detached: true,
  });
  child.unref();
  const ended = new Promise<Ending>((resolve) => {
    child.once('exit', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }));
  });
  return new Promise((resolve, reject) => {
    child.once('spawn', () => {
      const pid = child.pid ?? 0;
      spareNoLonger(pid).then(() => resolve({ pid, ended }), reject);
    });
    child.once('error', (cause) =>
      reject(new AppError('tool_failed', `Cannot ${request.doing}: ${program}: ${cause.message}`, { cause })),
    );
  });
}

type Failure = {
  request: RunRequest;
  exitCode: number | null;
  stderr: string;
  ending: 'timeout' | 'canceled' | 'output' | null;
  cause?: Error;
};

function failure({ request, exitCode, stderr: said, ending, cause }: Failure): AppError {
  const hide = (text: string) =>
    (request.secrets ?? []).reduce((left, word) => left.replaceAll(word, '***'), text);
  const stderr = hide(said);
  const details = { argv: request.argv.map(hide), exitCode, stderr };
  const cannot = `Cannot ${request.doing}`;
  const program = request.argv[0];
  if (ending === 'timeout')
    return new AppError('timeout', `${cannot}: ${program} did not end in ${request.timeoutMs / 1000} s`, {
      details,
    });
  if (ending === 'canceled') return new AppError('canceled', `${cannot}: canceled`, { details });
  const words =
    stderr ||
    cause?.message ||
    (ending === 'output' ? 'too much output' : `exit code ${exitCode ?? 'unknown'}`);
  return new AppError('tool_failed', `${cannot}: ${program}: ${words}`, { details });
}
