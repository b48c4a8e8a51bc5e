// Moving a running guest to a QEMU on another node, over TCP between the two. What it protects from: TLS with a key that is made for this one
// migration and handed over by the control plane keeps everybody else from reading, changing or offering a guest (a node's certificate is for
// serving only, so it could not prove who sends); the target listens on one address, for one connection. What it does not: whoever is root on
// either node reads the guest anyway.
// The target does not start the guest by itself, and takes its disks only when it does (late-block-activate): so a migration that fails at
// its very end finds the guest on one side only, and whoever finishes it decides which.
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { MigrationDoor, MigrationOutcome, MigrationState } from '@/contract/agent-live-calls';
import { QmpMigration } from '../tools/qmp/messages';
import { keyOwner, removeKey, writeKey } from '../tools/qemu/one-time-key';
import type { QmpClient } from '../tools/qmp/client';
import type { FinishRequest, MigrateRequest, Progress } from './hypervisor';
import type { KvmFiles } from './kvm-files';
import type { KvmGuest } from './kvm-guest';
import { machineIn } from './kvm-live';
import type { QemuUser } from './qemu-user';

const bytesPerMiB = 1024 * 1024;
const lookMs = 500;
const credentials = 'migration';
/** QEMU is told to go on sending what changes in the guest faster than the network until it was cut down to fit. */
const sourceCapabilities = { events: true, 'return-path': true, 'auto-converge': true };
const targetCapabilities = { events: true, 'return-path': true, 'late-block-activate': true };

/** Lets a QEMU that waits (-incoming defer) listen; answers where. */
export async function openDoor(
  guest: KvmGuest,
  { address, user }: { address: string; user: QemuUser | null },
): Promise<MigrationDoor> {
  const qmp = guest.monitor();
  const key = randomBytes(32).toString('hex');
  await useKey(qmp, { key, files: guest.files, user, endpoint: 'server' });
  await setCapabilities(qmp, targetCapabilities);
  await qmp.execute('migrate-set-parameters', { 'tls-creds': credentials });
  await qmp.execute('migrate-incoming', { uri: `tcp:${bracket(address)}:0` });
  const { 'socket-address': listening } = await readMigration(qmp);
  const port = listening?.find(({ type }) => type === 'inet')?.port;
  if (port === undefined) throw new AppError('internal', 'QEMU does not tell where it listens');
  return { host: address, port, key };
}

/** Sends it, or follows one that is being sent, until it stands still here and all of it has arrived. */
export async function sendGuest(
  guest: KvmGuest,
  request: MigrateRequest,
  report: Progress,
): Promise<MigrationOutcome> {
  const { migration } = guest.observed() ?? {};
  if (migration === 'receiving') throw new AppError('wrong_state', 'It is only arriving here itself');
  if (migration === null) await beginSending(guest, request);
  const done = await follow(guest, { report, signal: request.signal });
  await guest.look();
  const resume = guest.observed()?.operState === 'running';
  return {
    totalMs: Math.round(done['total-time'] ?? 0),
    downtimeMs: Math.round(done.downtime ?? 0),
    transferredMiB: Math.round((done.ram?.transferred ?? 0) / bytesPerMiB),
    resume,
  };
}

async function beginSending(guest: KvmGuest, request: MigrateRequest): Promise<void> {
  machineIn(guest);
  const qmp = guest.monitor();
  const { host, port, key, migrationBandwidthMiBs, migrationDowntimeMs } = request;
  const user = await ownerOf(guest);
  await useKey(qmp, { key, files: guest.files, user, endpoint: 'client' });
  await setCapabilities(qmp, sourceCapabilities);
  await qmp.execute('migrate-set-parameters', {
    'tls-creds': credentials,
    'max-bandwidth': migrationBandwidthMiBs * bytesPerMiB,
    'downtime-limit': migrationDowntimeMs,
  });
  const resume = guest.observed()?.operState === 'running';
  await guest.note({ migration: { side: 'source', resume } });
  try {
    await qmp.execute('migrate', { uri: `tcp:${bracket(host)}:${port}` });
    await guest.look();
  } catch (error) {
    await forgetSending(guest);
    throw error;
  }
}

type Following = { report: Progress; signal?: AbortSignal };

async function follow(guest: KvmGuest, { report, signal }: Following): Promise<QmpMigration> {
  for (;;) {
    const change = nextChange(guest, signal);
    try {
      const seen = await readMigration(guest.monitor());
      if (seen.ram && seen.ram.total > 0) report(Math.min(1, 1 - seen.ram.remaining / seen.ram.total));
      const { status = 'none' } = seen;
      if (status === 'completed') return seen;
      if (status === 'failed' || status === 'cancelled' || status === 'none') {
        await forgetSending(guest);
        const code = status === 'cancelled' ? 'canceled' : 'tool_failed';
        throw new AppError(code, `QEMU: ${seen['error-desc'] ?? `the migration was ${status}`}`);
      }
      if (signal?.aborted) throw new AppError('canceled', 'Nobody waits for the end of the migration');
      await change.promise;
    } finally {
      change.end();
    }
  }
}

/** The next event that may tell of its end, or a while later, for its progress. */
function nextChange(guest: KvmGuest, signal?: AbortSignal) {
  let end = () => {};
  const promise = new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, lookMs);
    const stop = guest.hear(({ event }) => event === 'MIGRATION' && resolve());
    const onAbort = () => resolve();
    signal?.addEventListener('abort', onAbort);
    void guest.ended().then(resolve);
    end = () => {
      clearTimeout(timer);
      stop();
      signal?.removeEventListener('abort', onAbort);
    };
  });
  return { promise, end };
}

/** Waits until QEMU has really broken it off: then the guest runs here, and may be sent again. */
export async function cancelSending(guest: KvmGuest): Promise<void> {
  if (guest.observed()?.migration !== 'sending') return;
  await guest.monitor().execute('migrate_cancel');
  await follow(guest, { report: () => {} }).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'canceled') throw error;
  });
}

/** At the source, after a failure: the guest goes on here. */
async function takeBack(guest: KvmGuest): Promise<void> {
  await cancelSending(guest);
  const { migration } = guest.record() ?? {};
  if (guest.observed()?.migration === 'sent' && migration?.side === 'source') {
    const { resume } = migration;
    if (resume && guest.observed()?.operState === 'running') await guest.monitor().execute('cont');
  }
  await forgetSending(guest);
}

async function forgetSending(guest: KvmGuest): Promise<void> {
  if (!guest.isLive()) return;
  await dropKey(guest);
  await guest.note({ migration: null });
  await guest.look();
}

/** What the control plane decided after a migration. Where it is `stop`, nothing of the guest may stay here. */
export async function finishAt(
  guest: KvmGuest,
  { side, success, resume }: Omit<FinishRequest, 'instanceId'>,
): Promise<'keep' | 'stop'> {
  const { migration } = guest.observed() ?? {};
  if (side === 'source') {
    if (!success) await takeBack(guest);
    else if (migration !== 'sent') throw new AppError('wrong_state', 'It has not been sent');
    return success ? 'stop' : 'keep';
  }
  if (migration !== 'receiving') {
    if (!success) throw new AppError('wrong_state', 'It runs here');
    await guest.note({ migration: null });
    return 'keep';
  }
  if (!success) return 'stop';
  if (!(await hasArrived(guest))) throw new AppError('wrong_state', 'Not all of it has arrived');
  if (resume) {
    // Whatever can wait until the guest goes on again does; and the network learns at once where it is now.
    await guest.monitor().execute('cont');
    await guest.monitor().execute('announce-self', { initial: 50, max: 550, rounds: 5, step: 100 });
  }
  await dropKey(guest);
  await guest.note({ migration: null, startedAt: new Date().toISOString() });
  await guest.look();
  return 'keep';
}

export async function migrationStateOf(guest: KvmGuest | undefined): Promise<MigrationState> {
  const state = guest?.observed()?.migration ?? 'none';
  const arrived = state === 'receiving' && guest !== undefined && (await hasArrived(guest));
  return { state, arrived };
}

async function hasArrived(guest: KvmGuest): Promise<boolean> {
  return (await readMigration(guest.monitor())).status === 'completed';
}

async function readMigration(qmp: QmpClient): Promise<QmpMigration> {
  return QmpMigration.parse(await qmp.execute('query-migrate'));
}

async function setCapabilities(qmp: QmpClient, wanted: Record<string, boolean>): Promise<void> {
  const capabilities = Object.entries(wanted).map(([capability, state]) => ({ capability, state }));
  await qmp.execute('migrate-set-capabilities', { capabilities });
}

type KeyUse = { key: string; files: KvmFiles; user: QemuUser | null; endpoint: 'server' | 'client' };

/** QEMU reads the key from its own folder, in which it works: `.` */
async function useKey(qmp: QmpClient, { key, files, user, endpoint }: KeyUse): Promise<void> {
  await removeKeyObject(qmp);
  await writeKey(files.socketFolder, key, user);
  const username = endpoint === 'client' ? { username: keyOwner } : {};
  const object = { 'qom-type': 'tls-creds-psk', id: credentials, dir: '.', endpoint, ...username };
  await qmp.execute('object-add', object);
}

async function dropKey(guest: KvmGuest): Promise<void> {
  await removeKeyObject(guest.monitor());
  await removeKey(guest.files.socketFolder);
}

async function removeKeyObject(qmp: QmpClient): Promise<void> {
  await qmp.execute('object-del', { id: credentials }).catch((error: unknown) => {
    if (!String(error).includes('not found')) throw error;
  });
}

/** Who a running QEMU runs as. */
async function ownerOf(guest: KvmGuest): Promise<QemuUser | null> {
  const pid = guest.record()?.process?.pid;
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  const id = (name: string) => Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  const user = { uid: id('Uid'), gid: id('Gid') };
  return user.uid === process.getuid?.() ? null : user;
}

const bracket = (address: string) => (address.includes(':') ? `[${address}]` : address);
