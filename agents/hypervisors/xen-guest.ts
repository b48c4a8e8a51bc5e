// One instance's domain as the driver sees it: state from what all looks at the node find, its serial line, and how it ended.
// Invariants: a domain is ours when it has the instance's id; what is about to be done to one is finished before a look may judge it.
import { AppError } from '@/contract/errors';
import type { ObservedInstance } from '@/contract/agent-calls';
import { wordsOf } from '../log';
import { createPtyLine } from '../console/pty-line';
import type { SerialLine } from '../console/serial-line';
import type { Domain } from '../tools/xl/parse';
import { buildDomain, connectSerial } from './xen-build';
import { judgeDomainEnd, lastLines } from './xen-ending';
import { findDomain, removeDomain, type XenNode } from './xen-node';
import { endedNow, writeXenRecord, type Ended, type XenFiles, type XenRecord } from './xen-record';
import { arriving, type Listener, memoryOf, type Seen, suspended } from './xen-states';

export class XenGuest {
  readonly serial: SerialLine;
  readonly files: XenFiles;
  private readonly parts: { node: XenNode; onChange: Listener };
  /** Without a domain while that is still to arrive. */
  private run: { domid: number | null; asked: boolean } | null = null;
  private last: XenRecord | null = null;
  private state: (Seen & { since: string }) | null = null;
  private memoryMiB: number | null = null;
  private told = '';
  private isClosed = false;
  /** What is done to the domain, one after another; looks wait for it. */
  private work: Promise<unknown> = Promise.resolve();
  private isBusy = 0;
  private readonly waiting = new Set<() => void>();

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
  async ended(limit?: AbortSignal): Promise<void> {
    while (this.run && !limit?.aborted)
      await new Promise<void>((resolve) => {
        const go = () => {
          this.waiting.delete(go);
          limit?.removeEventListener('abort', go);
          resolve();
        };
        this.waiting.add(go);
        limit?.addEventListener('abort', go);
      });
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
    return this.alone(async () => {
      this.last = record;
      await writeXenRecord(this.files, record);
      try {
        await this.build({ paused });
      } catch (error) {
        await this.removeDomain();
        await this.noteEnded({ operState: 'absent', detail: null });
        throw error;
      }
    });
  }

  /** Takes over a domain that an earlier agent built, or that has just arrived. */
  adopt(record: XenRecord, domain: Domain): Promise<void> {
    return this.alone(async () => {
      this.last = { ...record, ended: null };
      this.run = { domid: domain.domid, asked: false };
      await this.attachSerial(domain);
      await this.note({});
      if (!record.migration) this.see(domain);
    });
  }

  async attachSerial(domain: Domain): Promise<void> {
    if (domain.isShutdown && domain.reason !== 'suspend') return;
    await connectSerial(this.serial, this.running(), domain.domid).catch(() => {});
  }

  /** From now on it is waited for; no domain is there before it begins to arrive. */
  expectArrival(record: XenRecord): Promise<void> {
    return this.alone(async () => {
      this.last = record;
      await writeXenRecord(this.files, record);
      this.run = { domid: null, asked: false };
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
    if (this.run) this.run.asked = wanted;
  }

  /** Ends it now; resolves when nothing holds its devices any more. */
  kill(): Promise<void> {
    return this.alone(async () => {
      if (!this.run) return;
      await this.removeDomain();
      await this.noteEnded({ operState: 'absent', detail: null });
    });
  }

  /** Nobody's any more: what becomes of its domain is not looked at from now on. */
  release(): Promise<void> {
    return this.alone(async () => {
      await this.serial.disconnect();
      this.run = this.last = this.state = null;
    });
  }

  /** Builds it anew, as its reset button would: the same machine, with nothing of what was in its memory. */
  restart(): Promise<void> {
    return this.alone(() => this.rebuild());
  }

  async close(): Promise<void> {
    this.isClosed = true;
    await this.serial.close();
  }

  hear(domains: readonly Domain[]): void {
    // While it moves, who moves it decides what it means that it stands still or is gone.
    if (!this.run || this.isBusy > 0 || this.running().migration) return;
    const found = findDomain(domains, this.running().instanceId);
    if (found && found.domid === this.run.domid && found.reason === null) return this.see(found);
    void this.alone(() => this.judge()).catch(() => {});
  }

  /** Looks at the node, and waits until what was found is dealt with. */
  async look(): Promise<void> {
    await this.parts.node.look();
    await this.work;
  }

  private async alone<T>(work: () => Promise<T>): Promise<T> {
    this.isBusy += 1;
    const done = this.work.then(work, work);
    this.work = done.catch(() => {});
    try {
      return await done;
    } finally {
      this.isBusy -= 1;
    }
  }

  private async build({ paused }: { paused: boolean }): Promise<void> {
    const record = this.last;
    if (!record) throw new AppError('internal', 'There is nothing written down of the domain');
    const domain = await buildDomain({
      record,
      files: this.files,
      node: this.parts.node,
      serial: this.serial,
      paused,
    });
    this.run = { domid: domain.domid, asked: this.run?.asked ?? false };
    this.see({ ...domain, isPaused: paused });
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
    await this.serial.disconnect();
    const words = lastLines(await this.serial.history());
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
    const { last } = this;
    await this.removeDomain();
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
    if (last) await this.note({ startedAt: new Date().toISOString() });
  }

  private async removeDomain(): Promise<void> {
    await this.serial.disconnect();
    if (this.last) await removeDomain(this.parts.node, this.last);
  }

  private async noteEnded(ended: Omit<Ended, 'at'>): Promise<void> {
    const { last } = this;
    this.run = null;
    if (last) {
      this.last = { ...last, migration: null, ended: endedNow(ended) };
      // The end is told in any case; a record that cannot be written is dealt with by the next start or clean-up.
      await writeXenRecord(this.files, this.last).catch(() => {});
    }
    this.become({ operState: ended.operState, detail: ended.detail, migration: null });
    for (const go of this.waiting) go();
  }

  private see(domain: Domain): void {
    const record = this.running();
    this.memoryMiB = memoryOf(record, domain);
    this.become({ operState: domain.isPaused ? 'paused' : 'running', detail: null, migration: null });
  }

  private become(seen: Seen, since = this.sinceWhen(seen.operState)): void {
    this.state = { ...seen, since };
    const now = this.observed();
    const text = JSON.stringify(now);
    if (!now || text === this.told) return;
    this.told = text;
    if (!this.isClosed) this.parts.onChange(now);
  }

  /** One that is found running has run since it was started, not since this agent was. */
  private sinceWhen(operState: Seen['operState']): string {
    if (this.state?.operState === operState) return this.state.since;
    const isFirstSight = operState === 'running' && this.state?.operState !== 'paused';
    return (isFirstSight && this.last?.startedAt) || new Date().toISOString();
  }
}
