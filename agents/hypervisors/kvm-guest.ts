// One instance's QEMU as the driver sees it: connected monitor, serial line, state from QEMU's own events, and how it ended.
// Invariant: the process is touched only after pid, start time and command line proved it ours.
import { readFile } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { ObservedInstance } from '@/contract/agent-calls';
import type { OperState } from '@/contract/states';
import { createSerialLine } from '../console/serial-line';
import { connectQmp, type QmpClient } from '../tools/qmp/client';
import { QmpStatus, type QmpEvent } from '../tools/qmp/messages';
import {
  identifyProcess,
  isAlive,
  killProcess,
  waitForProcessEnd,
  type ProcessIdentity,
} from '../tools/qemu/process';
import type { Ending } from '../tools/run';
import { judgeEnding, type Traces } from './kvm-ending';
import { readLastWords, removeRunFiles, type KvmFiles } from './kvm-files';
import { writeRecord, type KvmRecord } from './kvm-record';

const connectMs = 10_000;
const readyMs = 60_000;
const retryMs = 20;
const quitMs = 3_000;
const killMs = 15_000;

export type KvmGuest = ReturnType<typeof createKvmGuest>;

export function createKvmGuest(files: KvmFiles, onChange: (observed: ObservedInstance) => void) {
  const serial = createSerialLine(files.serialLog);
  let record: KvmRecord | null = null;
  let state: { operState: OperState; since: string; detail: string | null } | null = null;
  let qmp: QmpClient | null = null;
  let child: Promise<Ending> | null = null;
  let shutdown: Traces['shutdown'] = null;
  let asked = false;
  let isClosed = false;
  let isFinishing = false;
  let whenEnded: { promise: Promise<void>; resolve: () => void } | null = null;

  const observed = (): ObservedInstance | null =>
    record &&
    state && {
      id: record.instanceId,
      name: record.name,
      ...state,
      accelerator: isLive() ? record.accelerator : null,
    };

  const isLive = () => whenEnded !== null;

  const become = (operState: OperState, detail: string | null = null, since = new Date().toISOString()) => {
    if (state?.operState === operState && state.detail === detail) return;
    state = { operState, since, detail };
    const now = observed();
    if (now) onChange(now);
  };

  const identity = () => {
    if (record?.process) return record.process;
    throw new AppError('internal', 'The process of a running QEMU is not known');
  };

  const readState = async () => {
    const { status } = QmpStatus.parse(await monitor().execute('query-status'));
    if (status === 'shutdown') return onShutdown({ guest: true, reason: 'guest-shutdown' });
    if (status === 'running') return become('running');
    become('paused', pauseReasons[status] ?? null);
  };

  const monitor = (): QmpClient => {
    if (qmp) return qmp;
    throw new AppError('unavailable', `QEMU of ${record?.name ?? 'the instance'} does not answer`);
  };

  const onShutdown = async (seen: NonNullable<Traces['shutdown']>) => {
    shutdown ??= seen;
    // QEMU waits in `shutdown` (-no-shutdown) until its end was noted.
    await qmp?.execute('quit').catch(() => {});
  };

  const onEvent = ({ event, data }: QmpEvent) => {
    if (event === 'SHUTDOWN')
      void onShutdown({ guest: data['guest'] === true, reason: String(data['reason'] ?? 'unknown') });
    else if (event === 'RESUME') become('running');
    else if (event === 'STOP' && !shutdown) void readState().catch(() => {});
  };

  const attach = async (timeoutMs: number) => {
    const client = await connectQmp({ path: files.qmpSocket, timeoutMs, onEvent });
    if (isClosed) return client.close();
    qmp = client;
    void client.closed.then(() => onDisconnected(client));
    await serial.connect(files.serialSocket);
    await readState();
  };

  const onDisconnected = async (client: QmpClient) => {
    if (qmp === client) qmp = null;
    if (isClosed || !isLive()) return;
    const ended = await Promise.race(
      [child?.then(() => true), waitForProcessEnd(identity(), quitMs)].filter(Boolean),
    );
    if (ended) return conclude();
    if (shutdown || asked) return;
    become('running', noAnswer);
    await reattach();
  };

  const reattach = async () => {
    for (let pauseMs = 100; !isClosed && isLive() && !qmp; pauseMs = Math.min(2 * pauseMs, 10_000)) {
      if (!(await isAlive(identity()))) return conclude();
      await attach(connectMs).catch(() => {});
      if (!qmp) await new Promise((resolve) => setTimeout(resolve, pauseMs).unref());
    }
  };

  const conclude = async () => {
    if (!isLive() || !record) return;
    const ending = child ? await child : null;
    const lastWords = await readLastWords(files.log);
    const ended = { ...judgeEnding({ asked, shutdown, ending, lastWords }), at: new Date().toISOString() };
    await finish({ ...record, ended });
  };

  const finish = async (last: KvmRecord) => {
    if (isFinishing) return;
    isFinishing = true;
    record = last;
    qmp?.close();
    await serial.disconnect();
    await removeRunFiles(files);
    await writeRecord(files.record, last).catch(() => {});
    isFinishing = false;
    const done = whenEnded;
    whenEnded = null;
    if (last.ended) become(last.ended.operState, last.ended.detail, last.ended.at);
    done?.resolve();
  };

  const live = (started: KvmRecord, ending: Promise<Ending> | null) => {
    record = started;
    child = ending;
    shutdown = null;
    asked = false;
    whenEnded = deferred();
  };

  return {
    files,
    serial,
    observed,
    isLive,
    record: () => record,
    /** Takes over a QEMU that was just started and may still be opening its monitor; throws when it ends instead. */
    async adopt(started: { record: KvmRecord; child: Promise<Ending> }) {
      live(started.record, started.child);
      let hasEnded = false;
      void started.child.then(() => (hasEnded = true));
      const deadline = Date.now() + readyMs;
      for (;;) {
        try {
          return await attach(Math.max(1, deadline - Date.now()));
        } catch (error) {
          if (hasEnded || Date.now() > deadline || !isNotYet(error)) throw error;
          await new Promise((resolve) => setTimeout(resolve, retryMs));
        }
      }
    },
    /** Takes over a QEMU that an earlier agent started; keeps trying where it does not answer. */
    async find(found: KvmRecord) {
      live(found, null);
      await attach(connectMs).catch(() => {
        become('running', noAnswer);
        void reattach();
      });
    },
    /** Undoes a start that failed. */
    async abandon() {
      if (!record) return;
      if (record.process) await killProcess(record.process);
      if (record.process) await waitForProcessEnd(record.process, killMs);
      const ended = { operState: 'absent' as const, detail: null, at: new Date().toISOString() };
      await finish({ ...record, ended });
    },
    /** Notes how one ended of which no process is left. */
    noteEnded: finish,
    async noteCrash(last: KvmRecord) {
      const lastWords = await readLastWords(files.log);
      const ended = judgeEnding({ asked: false, shutdown: null, ending: null, lastWords });
      await finish({ ...last, ended: { ...ended, at: new Date().toISOString() } });
    },
    monitor,
    /** A guest that does not listen is no error: the caller waits for the end. */
    async pressPowerButton() {
      await qmp?.execute('system_powerdown').catch(() => {});
    },
    isEnding: () => isLive() && (asked || shutdown !== null),
    /** Marks that the end which now comes is wanted; `false` takes it back. */
    expectEnd(wanted: boolean) {
      asked = wanted;
    },
    ended: () => whenEnded?.promise ?? Promise.resolve(),
    async kill() {
      const done = whenEnded?.promise;
      await qmp?.execute('quit', undefined, quitMs).catch(() => {});
      if (!(await waitForProcessEnd(identity(), quitMs))) await killProcess(identity());
      if (!(await waitForProcessEnd(identity(), killMs)))
        throw new AppError('timeout', `QEMU of ${record?.name} (process ${identity().pid}) does not die`);
      void conclude();
      await done;
    },
    async close() {
      isClosed = true;
      qmp?.close();
      await serial.close();
    },
  };
}

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

/** The process that belongs to a record: as noted, or (the agent died while starting it) as its pid file says. */
export async function findProcess(record: KvmRecord, files: KvmFiles): Promise<ProcessIdentity | null> {
  const pid = record.process?.pid ?? Number(await readFile(files.pidFile, 'utf8').catch(() => '0'));
  if (!Number.isInteger(pid) || pid < 2) return null;
  const identity = await identifyProcess(pid, record.instanceId);
  const isOther = record.process && identity?.startTime !== record.process.startTime;
  return isOther ? null : identity;
}
