// The whole product as a person starts it: `npm start`'s program with its own data folder and ports, stopped by process id.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { findFreePort } from '@/tools/free-port';

export type Product = {
  url: string;
  dataDir: string;
  /** The one-time link of the first operator; null when a password was set before. */
  setPasswordUrl: string | null;
  /** Everything the product printed so far. */
  output(): string;
  /** Of the process that watches over its programs. */
  readonly pid: number;
  /** The process ids of one of its programs: `engine`, `web`, `agent`. */
  pidsOf(program: string): Promise<number[]>;
  /** Ctrl-C, and wait for the end; answers the exit code. Instances keep running. */
  stop(): Promise<number | null>;
};

export type StartOptions = { dataDir?: string; port?: number; env?: Record<string, string> };

/** Starts and waits until everything about the start is printed. Throws with the output when it ends before. */
export async function startProduct(options: StartOptions = {}): Promise<Product> {
  const dataDir = options.dataDir ?? (await makeDataFolder());
  const port = options.port ?? (await findFreePort());
  const child = spawn(process.execPath, ['tools/start.mjs'], {
    cwd: join(import.meta.dirname, '..'),
    env: {
      ...process.env,
      CORRAL_DATA: dataDir,
      CORRAL_PORT: String(port),
      CORRAL_AGENT_PORT: String(await findFreePort()),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const url = await waitForAddress(child, () => text);
  return {
    url,
    dataDir,
    pid: child.pid ?? 0,
    setPasswordUrl: /https?:\/\/\S+\/welcome\/\S+/.exec(text)?.[0] ?? null,
    output: () => text,
    pidsOf: (program) => findPids({ program, dataDir }),
    stop: () => stopProduct(child),
  };
}

/** Traversable, because PostgreSQL runs as a user of its own where the product runs as root. */
async function makeDataFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'corral-e2e-'));
  await chmod(folder, 0o755);
  return folder;
}

/** Kills the instances that a product left running (they outlive it on purpose) and removes its data and their sockets. */
export async function removeProductData(dataDir: string): Promise<void> {
  const machines = join(dataDir, 'agent', 'kvm');
  for (const id of await readdir(machines).catch(() => [])) {
    for (const pid of await pidsWhere((argv) => argv.includes(id))) process.kill(pid, 'SIGKILL');
    const text = await readFile(join(machines, id, 'run.json'), 'utf8').catch(() => null);
    if (text) await rm(Run.parse(JSON.parse(text)).socketRoot, { recursive: true, force: true });
  }
  await rm(dataDir, { recursive: true, force: true });
}

const Run = z.object({ socketRoot: z.string() });

function waitForAddress(child: ChildProcess, text: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    const look = () => {
      // The hint about Ctrl-C comes last, after the address and the one-time link.
      const url = /Corral is running at (https?:\/\/\S+)[^]*Press Ctrl-C/.exec(text())?.[1];
      if (url) resolve(url);
    };
    child.stdout?.on('data', look);
    child.once('exit', (code) =>
      reject(new Error(`The product ended with ${code} before it answered:\n${text()}`)),
    );
  });
}

function stopProduct(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.kill('SIGINT');
  });
}

/** By command line and by the data folder in the environment, so that another product on the machine is never touched. */
async function findPids({ program, dataDir }: { program: string; dataDir: string }): Promise<number[]> {
  const candidates = await pidsWhere((argv) => argv.some((arg) => arg.endsWith(`dist/${program}.mjs`)));
  const own: number[] = [];
  for (const pid of candidates) {
    const environment = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (environment.includes(dataDir) || command.includes(dataDir)) own.push(pid);
  }
  return own;
}

async function pidsWhere(matches: (argv: string[]) => boolean): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
    if (matches(argv)) found.push(Number(pid));
  }
  return found;
}
