// Moving simulated instances through doors of the process. A restart of the sender ends what it was sending.
import type { MigrationDoor } from '@/contract/agent-live-calls';
import { AppError } from '@/contract/errors';
import type { FinishRequest, LiveVerbs, MigrateRequest } from './hypervisor';
import { runningOf, type LiveParts } from './simulated-parts';
import type { SimulatedMachine } from './simulated-machine';
import { pause } from './simulated-pause';

type MigrationVerbs = Pick<
  LiveVerbs,
  | 'receive'
  | 'migrate'
  | 'cancelMigration'
  | 'finishMigration'
  | 'migrationState'
  | 'serialHistory'
  | 'seedSerial'
>;

const parts = 10;
const slowMs = 10_000;

export function createSimulatedMigration(live: LiveParts): MigrationVerbs {
  const { faults, doors, find } = live;
  const sendings = new Map<string, Sending>();
  const opened = new Map<string, MigrationDoor>();
  const shut = (id: string) => {
    const door = opened.get(id);
    if (door) doors.close(door);
    opened.delete(id);
  };

  return {
    receive: async ({ start, accelerator, address }) => {
      await faults.pass('hypervisor.receive');
      const { id, name } = start.definition;
      if (accelerator !== 'simulated')
        throw new AppError('wrong_state', `Cannot receive ${name}: it is no simulated one`);
      if (name.startsWith('fail-receive-'))
        throw new AppError('tool_failed', `Cannot receive ${name}: simulated failure`);
      const before = find(id);
      if (before?.isUp()) throw new AppError('wrong_state', `Cannot receive ${name}: it runs here`);
      before?.end('absent', null);
      shut(id);
      await live.cleanup(id);
      const machine = live.machineOf(start.definition);
      machine.run(runningOf(start, 'receiving'), { boots: false });
      const door = doors.open(address, () => machine.change({ arrived: true }));
      opened.set(id, door);
      return door;
    },
    migrate: async (request, report) => {
      await faults.pass('hypervisor.migrate', request.signal);
      const machine = find(request.instanceId);
      const running = machine?.running();
      if (!machine || !running) throw new AppError('wrong_state', 'Cannot send it: it does not run');
      if (running.migration === 'receiving')
        throw new AppError('wrong_state', 'It is only arriving here itself');
      const known = sendings.get(request.instanceId);
      const sending = known ?? (running.migration === 'sent' ? null : begin(live, machine, request));
      if (sending) {
        sendings.set(request.instanceId, sending);
        const forget = () => void sendings.delete(request.instanceId);
        sending.done.then(forget, forget);
        await follow(sending, report, request.signal);
      }
      const { memoryMiB, paused } = running;
      return { totalMs: live.migrateMs, downtimeMs: 1, transferredMiB: memoryMiB, resume: !paused };
    },
    cancelMigration: async (id) => {
      const sending = sendings.get(id);
      sending?.cancel.abort();
      await sending?.done.catch(() => {});
    },
    finishMigration: async (finish) => {
      await faults.pass('hypervisor.finish');
      const { instanceId: id } = finish;
      const machine = find(id);
      if (!finish.success) sendings.get(id)?.cancel.abort();
      if (finish.side === 'target') shut(id);
      if (machine?.running() && finishAt(machine, finish) === 'keep') return;
      if (!machine?.running() && (finish.side === 'source') !== finish.success)
        throw new AppError('wrong_state', 'The instance does not run here any more');
      machine?.end('absent', null);
      await live.cleanup(id);
    },
    migrationState: async (id) => {
      const machine = find(id);
      const state = machine?.seen().migration ?? 'none';
      return { state, arrived: state === 'receiving' && machine?.running()?.arrived === true };
    },
    serialHistory: async (id) => find(id)?.guest.history() ?? Buffer.alloc(0),
    seedSerial: async (id, history) => {
      const machine = find(id);
      if (machine?.running()?.migration === 'receiving') machine.guest.begin(history);
    },
  };
}

function finishAt(machine: SimulatedMachine, { side, success, resume }: FinishRequest): 'keep' | 'stop' {
  const { migration = null, arrived = false } = machine.running() ?? {};
  if (side === 'source') {
    if (success && migration !== 'sent') throw new AppError('wrong_state', 'It has not been sent');
    if (!success) machine.change({ migration: null, sending: false });
    return success ? 'stop' : 'keep';
  }
  if (migration !== 'receiving') {
    if (!success) throw new AppError('wrong_state', 'It runs here');
    return 'keep';
  }
  if (!success) return 'stop';
  if (!arrived) throw new AppError('wrong_state', 'Not all of it has arrived');
  machine.change({ migration: null, paused: !resume });
  return 'keep';
}

type Sending = { done: Promise<void>; cancel: AbortController; heard: Set<(done: number) => void> };

function begin(
  { doors, migrateMs, faults }: LiveParts,
  machine: SimulatedMachine,
  request: MigrateRequest,
): Sending {
  const { name } = machine.definition();
  const { host, port, key } = request;
  const door = { host, port, key };
  doors.check(door);
  const cancel = new AbortController();
  const heard = new Set<(done: number) => void>();
  const stepMs = (name.startsWith('slow-migrate-') ? slowMs : migrateMs) / parts;
  const send = async () => {
    machine.change({ sending: true });
    try {
      for (let part = 1; part <= parts; part += 1) {
        await pause(stepMs, cancel.signal);
        await faults.pass('hypervisor.migrate.part', cancel.signal);
        if (name.startsWith('fail-migrate-') && part > parts / 2)
          throw new AppError('tool_failed', `Cannot send ${name}: simulated failure`);
        // A target that has gone is noticed at once.
        doors.check(door);
        if (!machine.isUp()) throw new AppError('tool_failed', `${name} ended while it was sent`);
        heard.forEach((listener) => listener(part / parts));
      }
      doors.pass(door);
      machine.change({ sending: false, migration: 'sent' });
    } catch (error) {
      machine.change({ sending: false });
      throw error;
    }
  };
  const done = send();
  done.catch(() => {});
  return { done, cancel, heard };
}

/** Gives up waiting, not the migration, when the caller goes. */
async function follow({ done, heard }: Sending, report: (done: number) => void, signal?: AbortSignal) {
  heard.add(report);
  let onAbort = () => {};
  const gone = new Promise<never>((_, reject) => {
    onAbort = () => reject(new AppError('canceled', 'Nobody waits for the end of the migration'));
    signal?.addEventListener('abort', onAbort, { once: true });
  });
  try {
    await Promise.race([done, gone]);
  } finally {
    heard.delete(report);
    signal?.removeEventListener('abort', onAbort);
  }
}
