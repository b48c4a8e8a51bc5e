import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { cancelPendingJobs, requestCancel } from './submit';
import { operation, step, type Operation, type StepContext } from './operation';
import { startTestEngine, type TestEngine, untilEnded, untilJob } from './testing/engine-on-database';

type World = { done: string[]; open: Map<string, () => void>; fail: Map<string, AppError> };
type Ctx = StepContext<World>;
const Params = z.object({ key: z.string(), stopAt: z.string().optional() });
type Params = z.infer<typeof Params>;

const act = (name: string) => ({
  async do(ctx: Ctx, { key, stopAt }: Params) {
    const { done, open, fail } = ctx.services;
    done.push(name);
    if (stopAt === name)
      await new Promise<void>((resolve, reject) => {
        open.set(key, resolve);
        ctx.signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const error = fail.get(name);
    if (error) throw error;
    ctx.log(`${name} for ${key}`);
    return { by: name };
  },
  async undo(ctx: Ctx) {
    ctx.services.done.push(`undo ${name}`);
    const error = ctx.services.fail.get(`undo ${name}`);
    if (error) throw error;
  },
});

const first = step('first', act('first'));
const second = step('second', act('second'));
const third = step('third', {
  async do(ctx: Ctx) {
    ctx.services.done.push(`third after ${ctx.output(second)?.by}`);
  },
});

const three: Operation<World> = operation({
  name: 'test.three',
  params: Params,
  locks: (p) => ({ instance: [p.key] }),
  check: async (ctx: Ctx) => {
    const error = ctx.services.fail.get('check');
    if (error) throw error;
  },
  abandon: async (tx, p, { undone, began }) => {
    if (p.key === 'broken') throw new Error('Cannot take it back');
    const name = `abandoned-${p.key}-${undone}-${began}`;
    await tx.cluster.create({ data: { name, hypervisors: [], diskTemplates: [] } });
    return 'release';
  },
  steps: [first, second, third],
});

let world: World;
let engine: TestEngine;
let settlements: { jobId: number; keep: boolean }[];

beforeEach(async () => {
  world = { done: [], open: new Map(), fail: new Map() };
  settlements = [];
  engine = await startTestEngine({
    services: world,
    operations: [three],
    onFinished: async (_tx, settlement) => {
      const error = world.fail.get('settle');
      world.fail.delete('settle');
      if (error) throw error;
      settlements.push(settlement);
    },
    limits: { jobs: 2, jobsPerNode: 2, jobsPerCustomer: 1 },
  });
});
afterEach(async () => {
  await engine.close();
  expect(engine.fatal).toEqual([]);
});

const cancel = (id: number) => engine.db.$transaction((tx) => requestCancel(tx, id));
const abandoned = async () => (await engine.db.cluster.findMany()).map((c) => c.name);

describe('a job', () => {
  it('runs its steps in order, passes outputs on and ends with success, audit and events', async () => {
    const id = await engine.submit('test.three', { key: 'a' });
    const job = await untilEnded(engine.db, id);
    expect(job.status).toBe('success');
    expect(world.done).toEqual(['first', 'second', 'third after second']);
    expect(job.steps.map((s) => [s.name, s.status])).toEqual([
      ['first', 'done'],
      ['second', 'done'],
      ['third', 'done'],
    ]);
    expect(job.steps.every((s) => s.startedAt && s.endedAt)).toBe(true);
    expect(job.log.map((l) => [l.serial, l.step, l.message])).toEqual([
      [1, 'first', 'first for a'],
      [2, 'second', 'second for a'],
    ]);
    expect(settlements).toEqual([{ jobId: id, keep: true }]);
    expect(await abandoned()).toEqual([]);
    const audit = await engine.db.auditEntry.findMany();
    expect(audit).toMatchObject([{ action: 'test.three', outcome: 'done', jobId: id }]);
    const events = await engine.db.event.findMany({ where: { kind: 'job-log' }, orderBy: { seq: 'asc' } });
    expect(events[0]?.data).toMatchObject({ lines: [{ serial: 1, step: 'first', level: 'info' }] });
  });

  it('undoes the failed step and the earlier ones in reverse', async () => {
    world.fail.set('second', new AppError('tool_failed', 'Cannot do the second'));
    const job = await untilEnded(engine.db, await engine.submit('test.three', { key: 'a' }));
    expect(world.done).toEqual(['first', 'second', 'undo second', 'undo first']);
    expect(job).toMatchObject({
      status: 'error',
      needsAttention: false,
      error: { code: 'tool_failed', message: 'Cannot do the second' },
    });
    expect(job.steps.map((s) => s.status)).toEqual(['undone', 'undone', 'pending']);
    expect(job.steps[1]?.error).toMatchObject({ code: 'tool_failed' });
    expect(settlements).toEqual([{ jobId: job.id, keep: false }]);
    expect(await abandoned()).toEqual(['abandoned-a-true-true']);
  });

  it('needs attention when an undo fails, and still runs the others', async () => {
    world.fail.set('second', new AppError('tool_failed', 'Cannot do the second'));
    world.fail.set('undo second', new AppError('unavailable', 'The node is gone'));
    const job = await untilEnded(engine.db, await engine.submit('test.three', { key: 'a' }));
    expect(world.done).toEqual([
      'first',
      'second',
      'undo second',
      'undo second',
      'undo second',
      'undo first',
    ]);
    expect(job).toMatchObject({ status: 'error', needsAttention: true, error: { code: 'tool_failed' } });
    expect(job.steps.map((s) => s.status)).toEqual(['undone', 'undoFailed', 'pending']);
    expect(await abandoned()).toEqual(['abandoned-a-false-true']);
  });

  it('does not begin and undoes nothing when its check refuses', async () => {
    world.fail.set('check', new AppError('wrong_state', 'It is not stopped'));
    const job = await untilEnded(engine.db, await engine.submit('test.three', { key: 'a' }));
    expect(job).toMatchObject({ status: 'error', error: { code: 'wrong_state' } });
    expect(world.done).toEqual([]);
    expect(await abandoned()).toEqual(['abandoned-a-true-false']);
  });

  it('ends even when taking back its acceptance fails', async () => {
    world.fail.set('check', new AppError('wrong_state', 'It is not stopped'));
    const job = await untilEnded(engine.db, await engine.submit('test.three', { key: 'broken' }));
    expect(job).toMatchObject({ status: 'error', needsAttention: true });
  });

  it('keeps what it made charged when all its steps are done and only its end fails', async () => {
    world.fail.set('settle', new AppError('internal', 'Cannot settle'));
    const job = await untilEnded(engine.db, await engine.submit('test.three', { key: 'a' }));
    expect(job).toMatchObject({ status: 'error', needsAttention: true });
    expect(settlements).toEqual([{ jobId: job.id, keep: true }]);
    expect(await abandoned()).toEqual([]);
  });

  it('ends with the reason when its operation or parameters are unknown', async () => {
    const unknown = await untilEnded(engine.db, await engine.submit('test.gone', {}));
    const wrong = await untilEnded(engine.db, await engine.submit('test.three', { key: 1 }));
    expect(unknown).toMatchObject({ status: 'error', needsAttention: true });
    expect(wrong).toMatchObject({ status: 'error', needsAttention: true });
  });
});

describe('cancel', () => {
  it('ends a waiting job at once, undoing only its acceptance', async () => {
    const holder = await engine.submit('test.three', { key: 'a', stopAt: 'first' });
    await untilJob(engine.db, holder, () => world.open.has('a'));
    const waiting = await engine.submit('test.three', { key: 'a' });
    expect(await untilJob(engine.db, waiting, (j) => j.status === 'waiting')).toMatchObject({
      waitsFor: holder,
    });
    await cancel(waiting);
    expect(await untilEnded(engine.db, waiting)).toMatchObject({
      status: 'canceled',
      error: { code: 'canceled' },
    });
    expect(world.done).toEqual(['first']);
    expect(await abandoned()).toEqual(['abandoned-a-true-false']);
    world.open.get('a')?.();
    expect((await untilEnded(engine.db, holder)).status).toBe('success');
  });

  it('ends a queued job that only the number of running jobs keeps from running', async () => {
    await engine.submit('test.three', { key: 'a', stopAt: 'first' });
    await engine.submit('test.three', { key: 'b', stopAt: 'first' });
    const queued = await engine.submit('test.three', { key: 'c' });
    await cancel(queued);
    expect((await untilEnded(engine.db, queued)).status).toBe('canceled');
  });

  it('aborts the running step and undoes what was done', async () => {
    const id = await engine.submit('test.three', { key: 'a', stopAt: 'second' });
    await untilJob(engine.db, id, () => world.open.has('a'));
    await cancel(id);
    const job = await untilEnded(engine.db, id);
    expect(job).toMatchObject({ status: 'canceled', needsAttention: false, error: { code: 'canceled' } });
    expect(world.done).toEqual(['first', 'second', 'undo second', 'undo first']);
  });

  it('ends what has not begun of an account that is disabled, and says so', async () => {
    const { id: createdById } = await engine.db.user.create({
      data: { login: 'ada', name: 'Ada', role: 'customer' },
    });
    const running = await engine.submit('test.three', { key: 'a', stopAt: 'first' }, { createdById });
    await untilJob(engine.db, running, () => world.open.has('a'));
    const held = await engine.submit('test.three', { key: 'b' }, { createdById });
    const other = await engine.submit('test.three', { key: 'c' });
    expect((await untilEnded(engine.db, other)).status).toBe('success');
    await engine.db.$transaction(async (tx) => {
      await tx.user.update({ where: { id: createdById }, data: { disabled: true } });
      await cancelPendingJobs(tx, createdById);
    });
    expect(await untilEnded(engine.db, held)).toMatchObject({
      status: 'canceled',
      error: { message: 'Canceled before it ran: the account that asked for it is disabled' },
    });
    world.open.get('a')?.();
    expect((await untilEnded(engine.db, running)).status).toBe('success');
  });

  it('comes too late for a job that has ended', async () => {
    const id = await engine.submit('test.three', { key: 'a' });
    await untilEnded(engine.db, id);
    expect(await cancel(id)).toBe(false);
  });
});

describe('the queue', () => {
  it('runs the more urgent job first and never two on one lock', async () => {
    const blocker = await engine.submit('test.three', { key: 'b', stopAt: 'first' });
    await untilJob(engine.db, blocker, () => world.open.has('b'));
    const other = await engine.submit('test.three', { key: 'x', stopAt: 'first' });
    await untilJob(engine.db, other, () => world.open.has('x'));
    const late = await engine.submit('test.three', { key: 'c' }, { priority: 5 });
    const urgent = await engine.submit('test.three', { key: 'd' }, { priority: -5 });
    world.open.get('b')?.();
    const [a, b] = [await untilEnded(engine.db, urgent), await untilEnded(engine.db, late)];
    expect(a.startedAt?.getTime()).toBeLessThanOrEqual(b.startedAt?.getTime() ?? 0);
    world.open.get('x')?.();
    await untilEnded(engine.db, blocker);
    await untilEnded(engine.db, other);
  });

  it('waits for dependencies and ends with them', async () => {
    const before = await engine.submit('test.three', { key: 'a', stopAt: 'first' });
    const after = await engine.submit('test.three', { key: 'b' }, { dependsOn: [{ jobId: before }] });
    expect(await untilJob(engine.db, after, (j) => j.status === 'waiting')).toMatchObject({
      waitsFor: before,
    });
    await cancel(before);
    expect((await untilEnded(engine.db, after)).status).toBe('canceled');
    const missing = await engine.submit('test.three', { key: 'c' }, { dependsOn: [{ jobId: 999_999 }] });
    expect(await untilEnded(engine.db, missing)).toMatchObject({
      status: 'error',
      error: { code: 'wrong_state' },
    });
  });
});
