// Moving a running domain to another node that runs Xen. The guest goes on at one side only: the target lets it go when that is decided, and the
// source takes it back when it is not; until then it stands still at both.
import { AppError } from '@/contract/errors';
import type { XenKind } from '@/contract/hypervisor-kind';
import type { MigrationDoor, MigrationOutcome } from '@/contract/agent-live-calls';
import { withClock } from '../tools/xl/clock';
import { buildConfig } from '../tools/xl/config';
import type { Domain } from '../tools/xl/parse';
import { pauseDomain } from '../tools/xl/xl';
import type { FinishRequest, LiveVerbs, MigrateRequest, Progress, ReceiveRequest } from './hypervisor';
import { readBootId } from './kvm-record';
import { keepKernel, requireMemory, requirePlace } from './xen-build';
import { describeDomain } from './xen-config';
import type { XenGuest } from './xen-guest';
import { tellMemory } from './xen-memory';
import { memoryOf, targetOf } from './xen-states';
import type { XenGuests } from './xen-guests';
import { findDomain } from './xen-node';
import { endReceiving, letGo, receiveDomain, type Reception } from './xen-receive';
import type { XenRecord } from './xen-record';
import { endSending, sendDomain } from './xen-send';
import { hasGoneOn, settle } from './xen-settle';

type Verbs = Pick<
  LiveVerbs,
  | 'receive'
  | 'migrate'
  | 'cancelMigration'
  | 'finishMigration'
  | 'migrationState'
  | 'serialHistory'
  | 'seedSerial'
>;

type Sending = { canceling: AbortController; outcome: Promise<MigrationOutcome>; done: Progress[] };
/** What this agent itself is at, by instance. */
type Moves = { sending: Map<string, Sending>; receptions: Map<string, Reception> };

export function createMigrationVerbs(guests: XenGuests, kind: XenKind): Verbs {
  const moves: Moves = { sending: new Map(), receptions: new Map() };
  return {
    receive: (request) => receive(guests, moves, { kind, ...request }),
    migrate: async (request, report) =>
      migrate(guests.live(request.instanceId, 'send the instance'), moves, { request, report }),
    async cancelMigration(id) {
      const guest = guests.of(id);
      if (guest.isLive()) await cancel(guest, moves);
    },
    async finishMigration(request) {
      const guest = guests.of(request.instanceId);
      if (!guest.isLive()) {
        const isDone = request.side === 'source' ? request.success : !request.success;
        if (!isDone) throw new AppError('wrong_state', 'The instance does not run here any more');
        return guests.cleanup(request.instanceId);
      }
      const fate =
        request.side === 'source'
          ? await finishSource(guest, moves, request)
          : await finishTarget(guests, moves, request);
      if (fate === 'gone') await guests.cleanup(request.instanceId);
    },
    async migrationState(id) {
      const guest = guests.of(id);
      const migration = guest.isLive() ? guest.running().migration : null;
      const arrived = migration?.side === 'target' && migration.arrived;
      if (arrived) await hasGoneOn(guest, await guests.node.look());
      return { state: guest.observed()?.migration ?? 'none', arrived };
    },
    serialHistory: async (id) => guests.of(id).serial.history(),
    async seedSerial(id, history) {
      const guest = guests.live(id, 'begin the serial history');
      if (guest.observed()?.migration === 'receiving') await guest.serial.begin(history);
    },
  };
}

async function receive(
  guests: XenGuests,
  moves: Moves,
  { kind, start, accelerator, address }: ReceiveRequest & { kind: XenKind },
): Promise<MigrationDoor> {
  const { id, name } = start.definition;
  if (accelerator !== 'xen')
    throw new AppError(
      'wrong_state',
      `Cannot receive ${name}: it runs with ${accelerator}, and this node runs Xen`,
    );
  const before = guests.of(id);
  if (before.isLive() && before.observed()?.migration !== 'receiving')
    throw new AppError('wrong_state', `Cannot receive ${name}: it runs here`);
  if (before.isLive()) await abandon(guests, before, moves);
  const doing = `receive ${name}`;
  await requirePlace(before, { name, instanceId: id }, { node: guests.node, doing });
  await guests.cleanup(id);
  const guest = guests.of(id);
  await keepKernel(guest.files, start.boot);
  const record: XenRecord = {
    ...{ instanceId: id, name, kind, bootId: await readBootId(), startedAt: new Date().toISOString() },
    ...describeDomain(kind, start, guest.files),
    ...{ building: false, ended: null, migration: { side: 'target', arrived: false } },
  };
  await requireMemory(record, doing);
  await guest.expectArrival(record);
  try {
    const reception = await receiveDomain({
      ...{ folder: guest.files.folder, address },
      configFor: (memoryMiB) => configWith(record, memoryMiB),
      onArrived: () => guest.note({ migration: { side: 'target', arrived: true } }),
      onBroken: () => endReceiving(guest.files.folder),
    });
    moves.receptions.set(id, reception);
    return reception.door;
  } catch (error) {
    await abandon(guests, guest, moves);
    await guests.cleanup(id);
    throw error;
  }
}

/** Of the memory that it may have, what it has now. */
async function configWith(record: XenRecord, memoryMiB: number): Promise<string> {
  const config = await withClock(record.config);
  return buildConfig({ ...config, more: { ...config.more, memory: targetOf(record, memoryMiB) } });
}

type Migrate = { request: MigrateRequest; report: Progress };

async function migrate(
  guest: XenGuest,
  moves: Moves,
  { request, report }: Migrate,
): Promise<MigrationOutcome> {
  const { migration, name, instanceId } = guest.running();
  if (migration?.side === 'target') throw new AppError('wrong_state', 'It is only arriving here itself');
  const known = moves.sending.get(instanceId);
  if (known) {
    known.done.push(report);
    return known.outcome;
  }
  // Sent before this agent was there; how long that took nobody knows any more.
  if (migration?.sent) return { totalMs: 0, downtimeMs: 0, transferredMiB: 0, resume: true };
  if (migration) await settle(guest);
  if (guest.observed()?.operState !== 'running')
    throw new AppError('wrong_state', `${name} stands still; Xen moves only guests that take part in it`);
  const sending = send(guest, request, report);
  moves.sending.set(instanceId, sending);
  sending.outcome.catch(() => moves.sending.delete(instanceId));
  return sending.outcome;
}

function send(guest: XenGuest, request: MigrateRequest, first: Progress): Sending {
  const canceling = new AbortController();
  const done = [first];
  const work = async (): Promise<MigrationOutcome> => {
    await guest.note({ migration: { side: 'source', sent: false } });
    const stillness = watchStillness(guest);
    try {
      const sent = await sendDomain(
        {
          folder: guest.files.folder,
          domid: guest.domid(),
          memoryMiB: guest.observed()?.memoryMiB ?? guest.running().machine.memoryMiB,
          request: { ...request, signal: canceling.signal },
        },
        (part) => done.forEach((report) => report(part)),
      );
      await guest.note({ migration: { side: 'source', sent: true } });
      return { ...sent, downtimeMs: stillness.lastedMs(), resume: true };
    } catch (error) {
      await guest.note({ migration: null });
      await guest.look();
      throw error;
    } finally {
      stillness.stop();
    }
  };
  return { canceling, outcome: work(), done };
}

/** Since when Xen says that the guest stands still for the last part. */
function watchStillness(guest: XenGuest) {
  let since: number | null = null;
  const stop = guest.hearNode((domains) => {
    const domain = findDomain(domains, guest.running().instanceId);
    if (domain?.reason === 'suspend') since ??= performance.now();
  });
  return { stop, lastedMs: () => (since === null ? 0 : Math.round(performance.now() - since)) };
}

async function cancel(guest: XenGuest, { sending }: Moves): Promise<void> {
  if (guest.observed()?.migration !== 'sending') return;
  const known = sending.get(guest.running().instanceId);
  if (!known) return settle(guest);
  known.canceling.abort();
  await known.outcome.catch(() => {});
}

type Fate = 'stays' | 'gone';

async function finishSource(
  guest: XenGuest,
  moves: Moves,
  { instanceId, success }: FinishRequest,
): Promise<Fate> {
  const { migration } = guest.running();
  if (success) {
    if (migration?.side !== 'source' || !migration.sent)
      throw new AppError('wrong_state', 'It has not been sent');
    await endSending(guest.files.folder);
    await guest.kill();
    moves.sending.delete(instanceId);
    return 'gone';
  }
  if (migration?.side !== 'source') return 'stays';
  await cancel(guest, moves);
  if (guest.running().migration) await settle(guest);
  moves.sending.delete(instanceId);
  return 'stays';
}

async function finishTarget(
  guests: XenGuests,
  moves: Moves,
  { instanceId, success, resume }: FinishRequest,
): Promise<Fate> {
  const guest = guests.live(instanceId, 'finish the migration');
  if (!success) {
    await abandon(guests, guest, moves);
    return 'gone';
  }
  const domains = await guests.node.look();
  if (!(await hasGoneOn(guest, domains))) await goOn(guests, guest, { domains, resume });
  moves.receptions.delete(instanceId);
  return 'stays';
}

async function goOn(
  { node }: XenGuests,
  guest: XenGuest,
  { domains, resume }: { domains: readonly Domain[]; resume: boolean },
): Promise<void> {
  const { migration, instanceId, name } = guest.running();
  if (migration?.side !== 'target' || !migration.arrived)
    throw new AppError('wrong_state', 'Not all of it has arrived');
  const arrived = findDomain(domains, instanceId);
  if (!arrived) throw new AppError('tool_failed', 'Its domain is gone');
  await guest.adopt(guest.running(), arrived);
  await tellMemory(guest.running(), arrived.domid, memoryOf(guest.running(), arrived));
  try {
    await letGo(guest.files.folder);
  } catch (error) {
    if (!(await hasGoneOn(guest, await node.look()))) throw error;
  }
  if (!resume) await pauseDomain(arrived.domid, `pause ${name}`);
  await guest.note({ migration: null, startedAt: new Date().toISOString() });
  await guest.look();
}

/** Of what arrives, or has, nothing is left. Once nobody can let it go on any more, it is certain whether it has. */
async function abandon({ node }: XenGuests, guest: XenGuest, { receptions }: Moves): Promise<void> {
  const { instanceId } = guest.running();
  await receptions.get(instanceId)?.close();
  receptions.delete(instanceId);
  await endReceiving(guest.files.folder);
  if (await hasGoneOn(guest, await node.look())) throw new AppError('wrong_state', 'It runs here');
  await guest.kill();
}
