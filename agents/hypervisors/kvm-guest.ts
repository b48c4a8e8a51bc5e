// One instance's QEMU as the driver sees it: connected monitor, serial line, state from QEMU's own events, and how it ended.
// Invariants: the process is touched only after pid, start time and command line proved it ours; what began during one run (from `begin`
// to its end) changes nothing of the next.
import { AppError } from '@/contract/errors';
import type { ObservedInstance } from '@/contract/agent-calls';
import { createSerialLine, type SerialLine } from '../console/serial-line';
import { connectQmp, type QmpClient } from '../tools/qmp/client';
import { QmpBalloon, QmpMigration, QmpStatus, type QmpEvent } from '../tools/qmp/messages';
import { isAlive, killProcess, waitForProcessEnd } from '../tools/proc/process';
import type { Ending } from '../tools/run';
import { judgeEnding, type Traces } from './kvm-ending';
import { readLastWords, removeRunFiles, type KvmFiles } from './kvm-files';
import { writeRecord, type KvmRecord } from './kvm-record';
import { beginRun, endedNow, isArriving, isNotYet, processOf, type Run } from './kvm-run';
import { noAnswer, seenFrom, tellingEvents, type Seen } from './kvm-states';

const connectMs = 10_000;
const readyMs = 60_000;
/** A start waits for the attempt that succeeds; but on a slow node attempts take the time that QEMU needs to open its monitor. */
const retryMs = { first: 4, most: 50 };
const quitMs = 3_000;
const killMs = 15_000;
const bytesPerMiB = 1024 * 1024;

type Listener = (observed: ObservedInstance) => void;

export class KvmGuest {
  files: KvmFiles;
  readonly serial: SerialLine;
  private readonly onChange: Listener;
  private readonly hearers = new Set<(event: QmpEvent) => void>();
  private run: Run | null = null;
  private last: KvmRecord | null = null;
  private state: (Seen & { since: string }) | null = null;
  private memoryMiB: number | null = null;
  private writing: Promise<void> = Promise.resolve();
  private told = '';
  private isClosed = false;

  constructor(files: KvmFiles, onChange: Listener) {
    this.files = files;
    this.serial = createSerialLine(files.serialLog);
    this.onChange = onChange;
  }

  observed(): ObservedInstance | null {
    const record = this.record();
    if (!record || !this.state) return null;
    const { instanceId: id, name, accelerator } = record;
    const runs = this.isLive() && this.state.operState !== 'absent';
    return {
      ...{ id, name, ...this.state },
      accelerator: runs ? accelerator : null,
      memoryMiB: runs ? this.memoryMiB : null,
    };
  }

  record(): KvmRecord | null {
    return this.run?.record ?? this.last;
  }

  isLive(): boolean {
    return this.run !== null;
  }

  isEnding(): boolean {
    return this.run !== null && (this.run.asked || this.run.shutdown !== null);
  }

  /** Resolves when it no longer runs and all of that is written down. */
  ended(): Promise<void> {
    return this.run?.ended.promise ?? Promise.resolve();
  }

  /** The monitor of a QEMU that runs; throws when it cannot be asked now. */
  monitor(): QmpClient {
    if (this.run?.qmp) return this.run.qmp;
    throw new AppError('unavailable', `QEMU of ${this.record()?.name} does not answer`);
  }

  /** Hears QEMU's events until the answered function is called. */
  hear(hearer: (event: QmpEvent) => void): () => void {
    this.hearers.add(hearer);
    return () => this.hearers.delete(hearer);
  }

  /** Writes down what changed about the running QEMU. */
  async note(changes: Pick<Partial<KvmRecord>, 'machine' | 'migration' | 'startedAt'>): Promise<void> {
    if (!this.run) throw new AppError('wrong_state', 'The instance does not run');
    this.run.record = { ...this.run.record, ...changes };
    await this.write(this.run.record);
  }

  /** Takes over a QEMU that was just started and may still be opening its monitor; throws when it ends instead. */
  async adopt(started: { record: KvmRecord; child: Promise<Ending> }): Promise<void> {
    const run = this.begin(started.record, started.child);
    let hasEnded = false;
    void started.child.then(() => (hasEnded = true));
    const deadline = Date.now() + readyMs;
    for (let waitMs = retryMs.first; ; waitMs = Math.min(waitMs * 1.25, retryMs.most)) {
      try {
        return await this.attach(run, Math.max(1, deadline - Date.now()));
      } catch (error) {
        if (hasEnded || Date.now() > deadline || !isNotYet(error)) throw error;
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  /** Takes over a QEMU that an earlier agent started; keeps trying where it does not answer. */
  async find(found: KvmRecord): Promise<void> {
    const run = this.begin({ ...found, ended: null }, null);
    await this.attach(run, connectMs).catch(() => {
      this.loseSight(run);
      void this.reattach(run);
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
    const { run } = this;
    if (run?.isFinishing) return;
    if (run) run.isFinishing = true;
    run?.qmp?.close();
    await this.serial.disconnect();
    // The end is told in any case; what cannot be removed or written now is dealt with by the next start or clean-up.
    await removeRunFiles(this.files).catch(() => {});
    await this.write(last).catch(() => {});
    if (this.run === run) this.run = null;
    this.last = last;
    const { operState = 'absent', detail = null, at } = last.ended ?? {};
    this.become({ operState, detail, migration: null }, at);
    run?.ended.resolve();
  }

  /** A guest that does not listen is no error: the caller waits for the end. */
  async pressPowerButton(): Promise<void> {
    await this.run?.qmp?.execute('system_powerdown').catch(() => {});
  }

  /** Marks that the end which now comes is wanted; `false` takes it back. */
  expectEnd(wanted: boolean): void {
    if (this.run) this.run.asked = wanted;
  }

  async kill(): Promise<void> {
    const { run } = this;
    if (!run) return;
    const process = processOf(run);
    await run.qmp?.execute('quit', undefined, quitMs).catch(() => {});
    if (!(await waitForProcessEnd(process, quitMs))) await killProcess(process);
    if (!(await waitForProcessEnd(process, killMs)))
      throw new AppError('timeout', `QEMU of ${run.record.name} (process ${process.pid}) does not die`);
    void this.conclude(run);
    await run.ended.promise;
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.run?.qmp?.close();
    await this.serial.close();
  }

  /** Asks QEMU how it and its guest are. */
  async look(): Promise<void> {
    const { run } = this;
    if (run?.qmp) await this.readState(run, run.qmp);
  }

  /** One after another: several may note something at once. */
  private async write(record: KvmRecord): Promise<void> {
    const written = this.writing.then(() => writeRecord(this.files.record, record));
    this.writing = written.catch(() => {});
    await written;
  }

  private begin(record: KvmRecord, child: Run['child']): Run {
    this.run = beginRun(record, child);
    this.memoryMiB = null;
    return this.run;
  }

  private async attach(run: Run, timeoutMs: number): Promise<void> {
    const onEvent = (event: QmpEvent) => this.onEvent(run, event);
    const client = await connectQmp({ path: this.files.qmpSocket, timeoutMs, onEvent });
    if (this.isClosed || this.run !== run) return client.close();
    run.qmp = client;
    try {
      if (run.record.machine?.hvParams.serialConsole !== false)
        await this.serial.connect(this.files.serialSocket);
      await this.readState(run, client);
    } catch (error) {
      run.qmp = null;
      client.close();
      throw error;
    }
    void client.closed.then(() => this.onDisconnected(client, run));
  }

  private async readState(run: Run, client: QmpClient): Promise<void> {
    const { status } = QmpStatus.parse(await client.execute('query-status'));
    const { status: sending = null } = QmpMigration.parse(await client.execute('query-migrate'));
    const { actual } = QmpBalloon.parse(await client.execute('query-balloon'));
    if (this.run !== run) return;
    if (actual !== undefined) this.memoryMiB = Math.round(actual / bytesPerMiB);
    if (status === 'shutdown') return this.onShutdown(run, { guest: true, reason: 'guest-shutdown' });
    const { migration } = run.record;
    const known = this.state?.operState === 'paused' ? 'paused' : 'running';
    const before = this.state || migration?.side !== 'source' || migration.resume ? known : 'paused';
    this.become(seenFrom({ status, sending, isArriving: isArriving(run.record), before }));
  }

  private onEvent(run: Run, event: QmpEvent): void {
    const { event: name, data } = event;
    if (name === 'SHUTDOWN')
      void this.onShutdown(run, {
        guest: data['guest'] === true,
        reason: String(data['reason'] ?? 'unknown'),
      });
    else if (tellingEvents.includes(name) && !run.shutdown && run.qmp)
      void this.readState(run, run.qmp).catch(() => {});
    for (const hearer of this.hearers) hearer(event);
  }

  /** QEMU waits in `shutdown` (-no-shutdown) until it was written down, so that no dying agent turns it into a crash. */
  private async onShutdown(run: Run, seen: NonNullable<Traces['shutdown']>): Promise<void> {
    run.shutdown ??= seen;
    if (!seen.guest) return;
    const ended = judgeEnding({ asked: run.asked, shutdown: seen, ending: null, lastWords: '' });
    await this.write({ ...run.record, ended: endedNow(ended) }).catch(() => {});
    await run.qmp?.execute('quit').catch(() => {});
  }

  private async onDisconnected(client: QmpClient, run: Run): Promise<void> {
    if (run.qmp === client) run.qmp = null;
    if (this.isClosed || this.run !== run) return;
    const byItsParent = run.child?.then(() => true);
    const endings = [waitForProcessEnd(processOf(run), quitMs), ...(byItsParent ? [byItsParent] : [])];
    if (await Promise.race(endings)) return this.conclude(run);
    if (this.run !== run) return;
    this.loseSight(run);
    await this.reattach(run);
  }

  private loseSight({ record }: Run): void {
    const arriving = isArriving(record);
    this.become({
      ...{ operState: arriving ? 'absent' : 'running', detail: noAnswer },
      migration: arriving ? 'receiving' : null,
    });
  }

  private async reattach(run: Run): Promise<void> {
    const mustTry = () => !this.isClosed && this.run === run && !run.qmp;
    for (let pauseMs = 100; mustTry(); pauseMs = Math.min(2 * pauseMs, 10_000)) {
      if (!(await isAlive(processOf(run)))) return this.conclude(run);
      await this.attach(run, connectMs).catch(() => {});
      if (!run.qmp) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
  }

  /** Several see the same end; the first one notes it. */
  private async conclude(run: Run): Promise<void> {
    if (this.run !== run) return;
    const { asked, shutdown } = run;
    const arriving = isArriving(run.record);
    const ending = run.child ? await run.child : null;
    const lastWords = await readLastWords(this.files.log);
    if (this.run !== run) return;
    const ended = judgeEnding({ arriving, asked, shutdown, ending, lastWords });
    await this.noteEnded({ ...run.record, migration: null, ended: endedNow(ended) });
  }

  private become(seen: Seen, since = this.sinceWhen(seen.operState)): void {
    this.state = { ...seen, since };
    const now = this.observed();
    const text = JSON.stringify(now);
    if (!now || text === this.told) return;
    this.told = text;
    if (!this.isClosed) this.onChange(now);
  }

  /** One that is found running has run since it was started, not since this agent was. */
  private sinceWhen(operState: Seen['operState']): string {
    if (this.state?.operState === operState) return this.state.since;
    const isFirstSight = operState === 'running' && this.state?.operState !== 'paused';
    return (isFirstSight && this.run?.record.startedAt) || new Date().toISOString();
  }
}
