// A whole product in a scratch folder: the real supervisor over stand-ins for the programs that it runs.
import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { z } from 'zod';
import { bundleOptions } from '../build/bundles.mjs';
import { findFreePort } from '../free-port';
import { findServerPid, stopServer } from '../postgres/server-process';
import { makeTestFolder } from './test-folder';

const checkout = path.join(import.meta.dirname, '..', '..');

const ProgramEvent = z.object({
  name: z.string(),
  event: z.string(),
  pid: z.number().optional(),
  args: z.array(z.string()).optional(),
  DATABASE_URL: z.string().optional(),
  CORRAL_SECRET: z.string().optional(),
  CORRAL_JOIN_TOKEN: z.string().optional(),
  NODE_ENV: z.string().optional(),
});

export class Run {
  output = '';
  readonly exitCode: Promise<number | null>;
  private readonly waiting = new Set<() => void>();

  constructor(readonly child: ChildProcess) {
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString();
      for (const check of this.waiting) check();
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    this.exitCode = new Promise((resolve) => child.once('close', (code) => resolve(code)));
  }

  /** Resolves when the output holds the text; rejects when the program ends without having said it. */
  waitFor(text: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!this.output.includes(text)) return;
        this.waiting.delete(check);
        resolve();
      };
      this.waiting.add(check);
      check();
      void this.exitCode.then((code) =>
        reject(new Error(`ended (${code}) without "${text}":\n${this.output}`)),
      );
    });
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name);
  }
}

export class Product {
  readonly folder = makeTestFolder();
  readonly dataFolder = path.join(this.folder, 'data');
  port = 0;
  private agentPort = 0;
  private readonly runs: Run[] = [];

  async build(): Promise<void> {
    mkdirSync(path.join(this.folder, 'prisma', 'migrations'), { recursive: true });
    symlinkSync(path.join(checkout, 'node_modules'), path.join(this.folder, 'node_modules'));
    cpSync(path.join(import.meta.dirname, 'stand-ins'), path.join(this.folder, 'dist'), { recursive: true });
    const program = { entry: 'tools/supervisor.ts', output: 'supervisor.mjs' };
    await build({
      ...bundleOptions(checkout, program),
      outfile: path.join(this.folder, 'dist', 'supervisor.mjs'),
    });
    this.port = await findFreePort();
    this.agentPort = await findFreePort();
  }

  start(variables: Record<string, string> = {}): Run {
    const child = spawn(process.execPath, ['dist/supervisor.mjs'], {
      cwd: this.folder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'test',
        CORRAL_PORT: String(this.port),
        CORRAL_AGENT_PORT: String(this.agentPort),
        ...variables,
      },
    });
    const run = new Run(child);
    this.runs.push(run);
    return run;
  }

  ask(behaviour: string): void {
    writeFileSync(path.join(this.folder, behaviour), '');
  }

  /** As an agent does that has joined; answers the file. */
  writeAgentIdentity(nodeId: string): string {
    const file = path.join(this.dataFolder, 'agent', 'identity.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ nodeId }));
    return file;
  }

  removeAgentIdentity(): void {
    rmSync(path.join(this.dataFolder, 'agent'), { recursive: true, force: true });
  }

  events() {
    const file = path.join(this.folder, 'events.log');
    const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
    return text === '' ? [] : text.split('\n').map((line) => ProgramEvent.parse(JSON.parse(line)));
  }

  started(name: string) {
    return this.events().filter((event) => event.name === name && event.event === 'started');
  }

  forgetEvents(): void {
    rmSync(path.join(this.folder, 'events.log'), { force: true });
  }

  postgresPid(): number | undefined {
    return findServerPid(path.join(this.dataFolder, 'postgres', 'data'));
  }

  async remove(): Promise<void> {
    for (const run of this.runs) run.signal('SIGTERM');
    await Promise.all(this.runs.map((run) => run.exitCode));
    const pid = this.postgresPid();
    if (pid) await stopServer(pid);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
