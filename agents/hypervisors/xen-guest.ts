// One instance's domain as the driver sees it: state from what all looks at the node find, its serial line, and how it ended.
// Invariants: a domain is ours when it has the instance's id; what is about to be done to one is finished before a look may judge it.
import { AppError } from '@/contract/errors';
import type { ObservedInstance } from '@/contract/agent-calls';
import { wordsOf } from '../log';
import { createPtyLine, type PtyLine } from '../console/pty-line';
import type { Domain } from '../tools/xl/parse';
import type { ProcessIdentity } from '../tools/proc/process';
import { buildDomain, connectSerial, hasSerial } from './xen-build';
import { judgeDomainEnd, lastLines } from './xen-ending';
import { crashedAtStart, crashesAtOnce } from './xen-first-steps';
import { findModel, hasLostModel, modelIsGone } from './xen-model';
import { findDomain, type XenNode } from './xen-node';
import { endedNow, writeXenRecord, type Ended, type XenFiles, type XenRecord } from './xen-record';
import { removeDomain } from './xen-removal';
import { arriving, type Listener, memoryOf, type Seen, sinceWhen, suspended } from './xen-states';
import { Turns, Waiting } from './xen-turns';

/** `asked`: its end is wanted. `trouble`: what it lacks although it runs, in words. */
type Run = { domid: number | null; asked: boolean; model: ProcessIdentity | null; trouble: string | null };
const newRun: Run = { domid: null, asked: false, model: null, trouble: null };

export class XenGuest {
  readonly serial: PtyLine;
  readonly files: XenFiles;
  private readonly parts: { node: XenNode; onChange: Listener };
  /** Without a domain while that is still to arrive. */
  private run: Run | null = null;
  private last: XenRecord | null = null;
  private state: (Seen & { since: string }) | null = null;
  private memoryMiB: number | null = null;
  private told = '';
  private isClosed = false;
  /** What is done to the domain; looks wait for it. */
  private readonly turns = new Turns();
  private readonly waiting = new Waiting();

  constructor(files: XenFiles, node: XenNode, onChange: Listener) {
    this.files = files;
    this.parts = { node, onChange };
    this.serial = createPtyLine(files.serialLog);
  }

  observed(): ObservedInstance | null {
    if (!this.last || !this.state) return null;
    const { instanceId: id, name } = this.last;
    const runs = this.run !== null && this.state.operState !== 'absent';
    return {
      ...{ id, name, ...this.state },
      accelerator: runs ? 'xen' : null,
      memoryMiB: runs ? this.memoryMiB : null,
    };
  }

  record(): XenRecord | null {
    return this.last;
  }

  isLive(): boolean {
    return this.run !== null;
  }

  domid(): number {
    if (this.run?.domid) return this.run.domid;
    throw new AppError('wrong_state', 'The instance does not run');
  }

  /** The record of one that runs. */
  running(): XenRecord {
    if (this.run && this.last) return this.last;
    throw new AppError('wrong_state', 'The instance does not run');
  }

  /** Resolves when it no longer runs and that is written down; after `limit` aborts, anyway. */
  ended(limit?: AbortSignal): Promise<void> {
    return this.waiting.until(() => this.run === null, limit);
  }

  async note(changes: Partial<Omit<XenRecord, 'instanceId'>>): Promise<void> {
    this.last = { ...this.running(), ...changes };
    await writeXenRecord(this.files, this.last);
    const { migration } = this.last;
    if (migration?.side === 'target') this.become(arriving);
    if (migration?.side === 'source')
      this.become({ operState: 'running', detail: null, migration: migration.sent ? 'sent' : 'sending' });
  }

  /** Hears every look at the node; returns what ends that. */
  hearNode(hearer: (domains: Domain[]) => void): () => void {
    return this.parts.node.hear(hearer);
  }

  /** Builds the domain and takes it over, or leaves nothing behind and says why. */
  start(record: XenRecord, { paused }: { paused: boolean }): Promise<void> {
    return this.turns.take(async () => {
      this.last = record;
      await writeXenRecord(this.files, record);
      try {
        const domain = await this.build({ paused });
        await this.note({ building: false });
        if (!paused && (await crashesAtOnce(this.parts.node, record, domain)))
          throw crashedAtStart(record.name, await this.hearLastWords());
      } catch (error) {
        await this.removeDomain();
        await this.noteEnded({ operState: 'absent', detail: null });
        throw error;
      }
    });
  }

  /** Takes over a domain that an earlier agent built, or that has just arrived. */
  adopt(record: XenRecord, domain: Domain): Promise<void> {
    return this.turns.take(async () => {
      this.last = { ...record, ended: null };
      this.run = { ...newRun, domid: domain.domid, model: await findModel(domain.domid) };
      await this.attachSerial(domain);
      await this.note({});
      if (!record.migration) this.see(domain);
    });
  }

  private async attachSerial(domain: Domain, patienceMs?: number): Promise<void> {
    if (domain.isShutdown && domain.reason !== 'suspend') return;
    await connectSerial(this.serial, this.running(), { domid: domain.domid, patienceMs }).catch(() => {});
  }

  /** From now on it is waited for; no domain is there before it begins to arrive. */
  expectArrival(record: XenRecord): Promise<void> {
    return this.turns.take(async () => {
      this.last = record;
      await writeXenRecord(this.files, record);
      this.run = newRun;
      this.become(arriving);
    });
  }

  /** Written down by an earlier agent; no domain is left of it. */
  async noteEnd(record: XenRecord, ended: Ended): Promise<void> {
    this.last = { ...record, ended };
    await writeXenRecord(this.files, this.last).catch(() => {});
    this.become({ operState: ended.operState, detail: ended.detail, migration: null }, ended.at);
  }

  /** Marks that the end which now comes is wanted; `false` takes it back. */
  expectEnd(wanted: boolean): void {
    if (this.run) this.run = { ...this.run, asked: wanted };
  }

  /** Ends it now; resolves when nothing holds its devices any more. */
  kill(): Promise<void> {
    return this.turns.take(async () => {
      if (!this.run) return;
      await this.removeDomain();
      await this.noteEnded({ operState: 'absent', detail: null });
    });
  }

  /** Nobody's any more: what becomes of its domain is not looked at from now on. */
  release(): Promise<void> {
    return this.turns.take(async () => {
      await this.serial.disconnect();
      this.run = this.last = this.state = null;
    });
  }

  /** Builds it anew, as its reset button would: the same machine, with nothing of what was in its memory. */
  restart(): Promise<void> {
    return this.turns.take(() => this.rebuild());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.serial.close();
  }

  hear(domains: readonly Domain[]): void {
    // While it moves, who moves it decides what it means that it stands still or is gone.
    if (!this.run || this.turns.isBusy() || this.running().migration) return;
    const found = findDomain(domains, this.running().instanceId);
    if (found && found.domid === this.run.domid && found.reason === null) {
      this.see(found);
      return void this.findTroubles(found).catch(() => {});
    }
    void this.turns.take(() => this.judge()).catch(() => {});
  }

  /** Looks at the node, and waits until what was found is dealt with. */
  async look(): Promise<void> {
    await this.parts.node.look();
    await this.turns.settled();
  }

  /** What nothing tells of: its device model ended, or its serial line has another terminal now. */
  private async findTroubles(domain: Domain): Promise<void> {
    const { run } = this;
    if (!run) return;
    const trouble = (await hasLostModel(run.model)) ? modelIsGone : null;
    if (this.run === run && trouble !== run.trouble) {
      this.run = { ...run, trouble };
      this.see(domain);
    }
    if (!this.serial.isConnected() && hasSerial(this.running()))
      await this.turns.take(() => this.attachSerial(domain, 0));
  }

  private async hearLastWords(): Promise<string> {
    await this.serial.disconnect();
    return lastLines(await this.serial.history());
  }

  private async build({ paused }: { paused: boolean }): Promise<Domain> {
    const record = this.last;
    if (!record) throw new AppError('internal', 'There is nothing written down of the domain');
    const { files, serial, parts } = this;
    const domain = await buildDomain({ record, files, node: parts.node, serial, paused });
    const model = await findModel(domain.domid);
    this.run = { ...newRun, domid: domain.domid, model, asked: this.run?.asked ?? false };
    this.see({ ...domain, isPaused: paused });
    return domain;
  }

  /** It is not as it was: ended, rebuilt, or gone. */
  private async judge(): Promise<void> {
    const { run, last } = this;
    if (!run || !last || last.migration) return;
    const domain = findDomain(await this.parts.node.look(), last.instanceId);
    if (domain && domain.reason === null) {
      this.run = { ...run, domid: domain.domid };
      return this.see(domain);
    }
    if (domain?.reason === 'suspend') return this.become(suspended);
    if (domain?.reason === 'reboot' && !run.asked && last.machine.hvParams.rebootBehavior === 'reboot')
      return this.rebuild();
    // Its last words arrive before it is taken apart, and before that is done it is known how it ended.
    const words = await this.hearLastWords();
    const ended = judgeDomainEnd({
      asked: run.asked,
      reason: domain ? (domain.reason ?? 'other') : null,
      words,
    });
    await writeXenRecord(this.files, { ...last, ended: endedNow(ended) }).catch(() => {});
    await this.removeDomain();
    await this.noteEnded(ended);
  }

  private async rebuild(): Promise<void> {
    await this.note({ building: true });
    await this.removeDomain().catch(async (error: unknown) => {
      await this.note({ building: false });
      throw error;
    });
    try {
      await this.build({ paused: false });
    } catch (error) {
      await this.removeDomain();
      await this.noteEnded({
        operState: 'crashed',
        detail: `It could not be started again: ${wordsOf(error)}`,
      });
      throw error;
    }
    await this.note({ startedAt: new Date().toISOString(), building: false });
  }

  private async removeDomain(): Promise<void> {
    await this.serial.disconnect();
    if (this.last) await removeDomain(this.parts.node, this.last);
  }

  private async noteEnded(ended: Omit<Ended, 'at'>): Promise<void> {
    const { last } = this;
    this.run = null;
    if (last) {
      this.last = { ...last, building: false, migration: null, ended: endedNow(ended) };
      // The end is told in any case; a record that cannot be written is dealt with by the next start or clean-up.
      await writeXenRecord(this.files, this.last).catch(() => {});
    }
    this.become({ operState: ended.operState, detail: ended.detail, migration: null });
    this.waiting.tell();
  }

  private see(domain: Domain): void {
    const record = this.running();
    this.memoryMiB = memoryOf(record, domain);
    const detail = this.run?.trouble ?? null;
    this.become({ operState: domain.isPaused ? 'paused' : 'running', detail, migration: null });
  }

  private become(seen: Seen, since = sinceWhen(this.state, seen, this.last)): void {
    this.state = { ...seen, since };
    const now = this.observed();
    const text = JSON.stringify(now);
    if (!now || text === this.told) return;
    this.told = text;
    if (!this.isClosed) this.parts.onChange(now);
  }
}
