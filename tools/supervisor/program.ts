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

export type Launch = { args: string[]; env: NodeJS.ProcessEnv };

export type ProgramOptions = {
  name: string;
  script: string;
  /** Asked at every start: what a program is told may change between two of them. */
  launch: () => Launch;
  /** Asked when it has ended by itself: why it is not started again, or null. */
  whyNotAgain?: (exitCode: number | null) => string | null;
  cwd: string;
  logFolder: string;
  say: (line: string) => void;
};

type Exit = { code: number | null; signal: NodeJS.Signals | null; startedAt: number };

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
    const { script, launch, cwd, name } = this.options;
    const { args, env } = launch();
    const startedAt = Date.now();
    const child = spawn(process.execPath, [script, ...args], {
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
    child.once('exit', (code, signal) => this.onExit({ code, signal, startedAt }));
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

  private onExit({ code, signal, startedAt }: Exit): void {
    const { name, say, whyNotAgain } = this.options;
    const reason = signal ?? `exit code ${code}`;
    this.log.write(`--- ${new Date().toISOString()} ${name} ended (${reason})`);
    if (this.isStopping) return;
    const whyNot = whyNotAgain?.(code) ?? null;
    if (whyNot !== null) return say(`[${name}] ended: ${whyNot}`);
    if (Date.now() - startedAt >= healthyAfterMs) this.delayMs = firstDelayMs;
    const delayMs = this.delayMs;
    this.delayMs = Math.min(delayMs * 2, maxDelayMs);
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
