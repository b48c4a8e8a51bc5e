// One instance's QEMU as the driver sees it: connected monitor, serial line, state from QEMU's own events, and how it ended.
// Invariants: the process is touched only after pid, start time and command line proved it ours; what began during one run (from `begin`
// to its end, known by its record) changes nothing of the next.
import { AppError } from '@/contract/errors';
import type { ObservedInstance } from '@/contract/agent-calls';
import type { OperState } from '@/contract/states';
import { createSerialLine, type SerialLine } from '../console/serial-line';
import { connectQmp, type QmpClient } from '../tools/qmp/client';
import { QmpStatus, type QmpEvent } from '../tools/qmp/messages';
import { isAlive, killProcess, waitForProcessEnd, type ProcessIdentity } from '../tools/qemu/process';
import type { Ending } from '../tools/run';
import { judgeEnding, type Traces } from './kvm-ending';
import { readLastWords, removeRunFiles, type KvmFiles } from './kvm-files';
import { writeRecord, type Ended, type KvmRecord } from './kvm-record';

const connectMs = 10_000;
const readyMs = 60_000;
/** A failed attempt costs next to nothing, and a start waits for the one that succeeds. */
const retryMs = 4;
const quitMs = 3_000;
const killMs = 15_000;

type Listener = (observed: ObservedInstance) => void;

export class KvmGuest {
  files: KvmFiles;
  readonly serial: SerialLine;
  private readonly onChange: Listener;
  private record: KvmRecord | null = null;
  private state: { operState: OperState; since: string; detail: string | null } | null = null;
  private qmp: QmpClient | null = null;
  private child: Promise<Ending> | null = null;
  private shutdown: Traces['shutdown'] = null;
  private asked = false;
  private isClosed = false;
  private isFinishing = false;
  private whenEnded: ReturnType<typeof deferred> | null = null;

  constructor(files: KvmFiles, onChange: Listener) {
    this.files = files;
    this.serial = createSerialLine(files.serialLog);
    this.onChange = onChange;
  }

  observed(): ObservedInstance | null {
    if (!this.record || !this.state) return null;
    const { instanceId: id, name, accelerator } = this.record;
    return { id, name, ...this.state, accelerator: this.isLive() ? accelerator : null };
  }

  isLive(): boolean {
    return this.whenEnded !== null;
  }

  isEnding(): boolean {
    return this.isLive() && (this.asked || this.shutdown !== null);
  }

  /** Resolves when it no longer runs and all of that is written down. */
  ended(): Promise<void> {
    return this.whenEnded?.promise ?? Promise.resolve();
  }

  /** Takes over a QEMU that was just started and may still be opening its monitor; throws when it ends instead. */
  async adopt(started: { record: KvmRecord; child: Promise<Ending> }): Promise<void> {
    this.begin(started.record, started.child);
    let hasEnded = false;
    void started.child.then(() => (hasEnded = true));
    const deadline = Date.now() + readyMs;
    for (;;) {
      try {
        return await this.attach(Math.max(1, deadline - Date.now()));
      } catch (error) {
        if (hasEnded || Date.now() > deadline || !isNotYet(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }

  /** Takes over a QEMU that an earlier agent started; keeps trying where it does not answer. */
  async find(found: KvmRecord): Promise<void> {
    this.begin({ ...found, ended: null }, null);
    await this.attach(connectMs).catch(() => {
      this.become('running', noAnswer);
      void this.reattach();
    });
  }

  /** Undoes a start that failed. */
  async abandon(failed: KvmRecord): Promise<void> {
    const { process } = failed;
    const ended = this.ended();
    if (process) await killProcess(process);
    if (process) await waitForProcessEnd(process, killMs);
    await this.noteEnded({ ...failed, ended: endedNow({ operState: 'absent', detail: null }) });
    await ended;
  }

  /** Notes how one ended of which no process is left. */
  async noteEnded(last: KvmRecord): Promise<void> {
    if (this.isFinishing) return;
    this.isFinishing = true;
    const done = this.whenEnded;
    this.record = last;
    this.qmp?.close();
    await this.serial.disconnect();
    // The end is told in any case; what cannot be removed or written now is dealt with by the next start or clean-up.
    await removeRunFiles(this.files).catch(() => {});
    await writeRecord(this.files.record, last).catch(() => {});
    this.isFinishing = false;
    if (this.whenEnded === done) this.whenEnded = null;
    if (last.ended) this.become(last.ended.operState, last.ended.detail, last.ended.at);
    done?.resolve();
  }

  /** Notes an end that nobody saw. */
  async noteCrash(last: KvmRecord): Promise<void> {
    const lastWords = await readLastWords(this.files.log);
    const ended = judgeEnding({ asked: false, shutdown: null, ending: null, lastWords });
    await this.noteEnded({ ...last, ended: endedNow(ended) });
  }

  async reset(): Promise<void> {
    if (!this.qmp) throw new AppError('unavailable', `QEMU of ${this.record?.name} does not answer`);
    await this.qmp.execute('system_reset');
  }

  /** A guest that does not listen is no error: the caller waits for the end. */
  async pressPowerButton(): Promise<void> {
    await this.qmp?.execute('system_powerdown').catch(() => {});
  }

  /** Marks that the end which now comes is wanted; `false` takes it back. */
  expectEnd(wanted: boolean): void {
    this.asked = wanted;
  }

  async kill(): Promise<void> {
    const { record } = this;
    const ended = this.ended();
    const process = this.process();
    await this.qmp?.execute('quit', undefined, quitMs).catch(() => {});
    if (!(await waitForProcessEnd(process, quitMs))) await killProcess(process);
    if (!(await waitForProcessEnd(process, killMs)))
      throw new AppError('timeout', `QEMU of ${record?.name} (process ${process.pid}) does not die`);
    void this.conclude(record);
    await ended;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.qmp?.close();
    await this.serial.close();
  }

  private begin(record: KvmRecord, child: Promise<Ending> | null): void {
    this.record = record;
    this.child = child;
    this.shutdown = null;
    this.asked = false;
    this.whenEnded = deferred();
  }

  private async attach(timeoutMs: number): Promise<void> {
    const { record } = this;
    const onEvent = (event: QmpEvent) => this.onEvent(event);
    const client = await connectQmp({ path: this.files.qmpSocket, timeoutMs, onEvent });
    if (this.isClosed || !this.isIn(record)) return client.close();
    this.qmp = client;
    try {
      await this.serial.connect(this.files.serialSocket);
      await this.readState(client);
    } catch (error) {
      this.qmp = null;
      client.close();
      throw error;
    }
    void client.closed.then(() => this.onDisconnected(client, record));
  }

  private async readState(client: QmpClient): Promise<void> {
    const { status } = QmpStatus.parse(await client.execute('query-status'));
    if (status === 'shutdown') await this.onShutdown({ guest: true, reason: 'guest-shutdown' });
    else if (status === 'running') this.become('running');
    else this.become('paused', pauseReasons[status] ?? null);
  }

  private onEvent({ event, data }: QmpEvent): void {
    if (event === 'SHUTDOWN')
      void this.onShutdown({ guest: data['guest'] === true, reason: String(data['reason'] ?? 'unknown') });
    else if (event === 'RESUME') this.become('running');
    else if (event === 'STOP' && !this.shutdown && this.qmp) void this.readState(this.qmp).catch(() => {});
  }

  /** QEMU waits in `shutdown` (-no-shutdown) until it was written down, so that no dying agent turns it into a crash. */
  private async onShutdown(seen: NonNullable<Traces['shutdown']>): Promise<void> {
    this.shutdown ??= seen;
    if (!seen.guest || !this.record) return;
    const ended = judgeEnding({ asked: this.asked, shutdown: seen, ending: null, lastWords: '' });
    await writeRecord(this.files.record, { ...this.record, ended: endedNow(ended) }).catch(() => {});
    await this.qmp?.execute('quit').catch(() => {});
  }

  private async onDisconnected(client: QmpClient, record: KvmRecord | null): Promise<void> {
    if (this.qmp === client) this.qmp = null;
    if (this.isClosed || !this.isIn(record)) return;
    const byItsParent = this.child?.then(() => true);
    const endings = [waitForProcessEnd(this.process(), quitMs), ...(byItsParent ? [byItsParent] : [])];
    if (await Promise.race(endings)) return this.conclude(record);
    if (!this.isIn(record)) return;
    this.become('running', noAnswer);
    await this.reattach();
  }

  private async reattach(): Promise<void> {
    const { record } = this;
    const mustTry = () => !this.isClosed && this.isIn(record) && !this.qmp;
    for (let pauseMs = 100; mustTry(); pauseMs = Math.min(2 * pauseMs, 10_000)) {
      if (!(await isAlive(this.process()))) return this.conclude(record);
      await this.attach(connectMs).catch(() => {});
      if (!this.qmp) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
  }

  /** Several see the same end; the first one notes it. */
  private async conclude(record: KvmRecord | null): Promise<void> {
    if (!record || !this.isIn(record)) return;
    const { asked, shutdown } = this;
    const ending = this.child ? await this.child : null;
    const lastWords = await readLastWords(this.files.log);
    if (!this.isIn(record)) return;
    const ended = judgeEnding({ asked, shutdown, ending, lastWords });
    await this.noteEnded({ ...record, ended: endedNow(ended) });
  }

  /** Whether the run that has this record goes on. */
  private isIn(record: KvmRecord | null): boolean {
    return this.record === record && this.isLive();
  }

  private become(
    operState: OperState,
    detail: string | null = null,
    since = this.sinceWhen(operState),
  ): void {
    if (this.state?.operState === operState && this.state.detail === detail) return;
    this.state = { operState, since, detail };
    const now = this.observed();
    if (now && !this.isClosed) this.onChange(now);
  }

  /** One that is found running has run since it was started, not since this agent was. */
  private sinceWhen(operState: OperState): string {
    if (this.state?.operState === operState) return this.state.since;
    const isFirstSight = operState === 'running' && this.state?.operState !== 'paused';
    return (isFirstSight && this.record?.startedAt) || new Date().toISOString();
  }

  private process(): ProcessIdentity {
    if (this.record?.process) return this.record.process;
    throw new AppError('internal', 'The process of a running QEMU is not known');
  }
}

const endedNow = (ended: Omit<Ended, 'at'>): Ended => ({ ...ended, at: new Date().toISOString() });

/** Why QEMU paused a guest by itself (RunState of the QMP reference), in words. */
const pauseReasons: Record<string, string> = {
  'io-error': 'A disk answered with an error, or the node has no space left.',
  'internal-error': 'QEMU or KVM met an internal error.',
  'guest-panicked': 'The guest panicked.',
  watchdog: "The guest's watchdog ran out.",
};

/** It does run, so nobody may take its disks away. */
const noAnswer = 'QEMU runs but its monitor does not answer.';

function isNotYet(error: unknown): boolean {
  return error instanceof AppError && error.code === 'unavailable';
}

function deferred() {
  let resolve = () => {};
  const promise = new Promise<void>((yes) => (resolve = yes));
  return { promise, resolve };
}
