// One program under supervision: started again whenever it ends by itself, more slowly the more often that happens.
// It stands in a process group of its own, so that the terminal's Ctrl-C does not reach it, and it ends by itself when
// the IPC channel to us breaks (`process.on('disconnect', …)` in its own code), should we be killed.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { LogFile } from './log-file';
import { summarizeLine } from './output';

const firstDelayMs = 200;
const maxDelayMs = 10_000;
const healthyAfterMs = 30_000;
const killAfterMs = 10_000;

export type ProgramOptions = {
  name: string;
  script: string;
  /** Asked at every start: what a program is told may change between two of them. */
  args: () => string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  logFolder: string;
  say: (line: string) => void;
};

export class Program {
  private child: ChildProcess | undefined;
  private restartTimer: NodeJS.Timeout | undefined;
  private isStopping = false;
  private delayMs = firstDelayMs;
  private readonly log: LogFile;

  constructor(private readonly options: ProgramOptions) {
    this.log = new LogFile(options.logFolder, options.name);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  start(): void {
    const { script, args, env, cwd, name } = this.options;
    const startedAt = Date.now();
    const child = spawn(process.execPath, [script, ...args()], {
      cwd,
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child = child;
    this.log.write(`--- ${new Date().toISOString()} ${name} started as process ${child.pid}`);
    this.follow(child.stdout, 'stdout');
    this.follow(child.stderr, 'stderr');
    child.once('error', (error) => this.options.say(`[${name}] ${error.message}`));
    child.once('exit', (code, signal) => this.onExit({ reason: signal ?? `exit code ${code}`, startedAt }));
  }

  /** SIGTERM, and SIGKILL when that is not heeded in time. */
  async stop(): Promise<void> {
    this.isStopping = true;
    clearTimeout(this.restartTimer);
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const killTimer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    await ended;
    clearTimeout(killTimer);
  }

  private onExit({ reason, startedAt }: { reason: string; startedAt: number }): void {
    this.log.write(`--- ${new Date().toISOString()} ${this.options.name} ended (${reason})`);
    if (this.isStopping) return;
    if (Date.now() - startedAt >= healthyAfterMs) this.delayMs = firstDelayMs;
    const delayMs = this.delayMs;
    this.delayMs = Math.min(delayMs * 2, maxDelayMs);
    const { name, say } = this.options;
    say(`[${name}] ended (${reason}); starting it again in ${delayMs / 1000} s. See ${this.log.file}`);
    this.restartTimer = setTimeout(() => this.start(), delayMs);
  }

  private follow(stream: Readable | null, kind: 'stdout' | 'stderr'): void {
    if (!stream) return;
    createInterface({ input: stream, crlfDelay: Infinity }).on('line', (line) => {
      this.log.write(line);
      const summary = summarizeLine(line, kind);
      if (summary !== undefined && !this.isStopping) this.options.say(`[${this.options.name}] ${summary}`);
    });
  }
}
