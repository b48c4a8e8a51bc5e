// What a restart finds. Killed processes are in server/operations/registry-crash.test.ts; here an engine is closed and another one started.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { createDb, type Db } from '../db/client';
import type { OnFinished } from './finish';
import { operation, step, type Operation, type StepContext } from './operation';
import { startOn, submitTo, untilEnded, untilJob } from './testing/engine-on-database';
import { launchWorkflows } from './workflows';

type World = { done: string[]; hangAt: string | null };
type Ctx = StepContext<World>;

const named = (name: string) =>
  step(name, {
    async do(ctx: Ctx) {
      ctx.services.done.push(name);
      if (ctx.services.hangAt === name) await new Promise(() => {});
      return { by: name };
    },
    async undo(ctx: Ctx) {
      ctx.services.done.push(`undo ${name}`);
    },
  });
const recipe = (...names: string[]): Operation<World> =>
  operation({
    ...{ name: 'test.recipe', params: z.object({}) },
    locks: () => ({ instance: ['i'] }),
    steps: names.map(named),
  });

let database: TestDatabase;
let db: Db;
let fatal: string[];
beforeEach(async () => {
  database = await createTestDatabase();
  db = createDb(database.url, 5);
  fatal = [];
});
afterEach(async () => {
  expect(fatal).toEqual([]);
  await db.$disconnect();
  await database.drop();
});

const start = (services: World, operations: Operation<World>[], onFinished?: OnFinished) =>
  startOn({ services, operations, db, url: database.url, fatal, ...(onFinished && { onFinished }) });

it('goes on with the step that was cut off and repeats none that had ended', async () => {
  const first: World = { done: [], hangAt: 'b' };
  const before = await start(first, [recipe('a', 'b', 'c')]);
  const id = await submitTo(db, 'test.recipe', {});
  await untilJob(db, id, () => first.done.includes('b'));
  await before.stop();
  const second: World = { done: [], hangAt: null };
  const after = await start(second, [recipe('a', 'b', 'c')]);
  expect(await untilEnded(db, id)).toMatchObject({ status: 'success' });
  expect(second.done).toEqual(['b', 'c']);
  await after.stop();
});

it('shows the end of a step that a crash kept from being written, and leaves what was written as it was', async () => {
  const first: World = { done: [], hangAt: 'c' };
  const before = await start(first, [recipe('a', 'b', 'c')]);
  const id = await submitTo(db, 'test.recipe', {});
  await untilJob(db, id, () => first.done.includes('c'));
  const [written] = (await untilJob(db, id, ({ steps }) => steps[2]?.status === 'running')).steps;
  await before.stop();
  await db.jobStep.update({
    where: { jobId_index: { jobId: id, index: 1 } },
    data: { status: 'running', endedAt: null },
  });
  const after = await start({ done: [], hangAt: null }, [recipe('a', 'b', 'c')]);
  const { steps } = await untilEnded(db, id);
  expect(steps.map(({ status }) => status)).toEqual(['done', 'done', 'done']);
  expect(steps[0]).toEqual(written);
  expect(steps[1]?.endedAt).not.toBeNull();
  await after.stop();
});

it('starts a job that was marked running when the crash came before its workflow', async () => {
  const id = await submitTo(db, 'test.recipe', {});
  await db.job.update({ where: { id }, data: { status: 'running', startedAt: new Date() } });
  const world: World = { done: [], hangAt: null };
  const engine = await start(world, [recipe('a')]);
  expect(await untilEnded(db, id)).toMatchObject({ status: 'success' });
  await engine.stop();
});

it('honours a cancel that was asked for while no engine ran', async () => {
  const first: World = { done: [], hangAt: 'b' };
  const before = await start(first, [recipe('a', 'b')]);
  const id = await submitTo(db, 'test.recipe', {});
  await untilJob(db, id, () => first.done.includes('b'));
  await before.stop();
  await db.job.update({ where: { id }, data: { cancelRequestedAt: new Date() } });
  const second: World = { done: [], hangAt: null };
  const after = await start(second, [recipe('a', 'b', 'c')]);
  expect(await untilEnded(db, id)).toMatchObject({ status: 'canceled', needsAttention: false });
  expect(second.done.at(-1)).toBe('undo a');
  await after.stop();
});

it('asks for attention when another version of the operation has to go on', async () => {
  const first: World = { done: [], hangAt: 'b' };
  const before = await start(first, [recipe('a', 'b')]);
  const id = await submitTo(db, 'test.recipe', {});
  await untilJob(db, id, () => first.done.includes('b'));
  await before.stop();
  const second: World = { done: [], hangAt: null };
  const after = await start(second, [recipe('other', 'b')]);
  expect(await untilEnded(db, id)).toMatchObject({ status: 'error', needsAttention: true });
  expect(second.done).toEqual([]);
  const next = await submitTo(db, 'test.recipe', {});
  expect(await untilEnded(db, next)).toMatchObject({ status: 'success' });
  await after.stop();
});

it('asks for attention when this version has no such operation any more', async () => {
  const first: World = { done: [], hangAt: 'b' };
  const before = await start(first, [recipe('a', 'b')]);
  const id = await submitTo(db, 'test.recipe', {});
  await untilJob(db, id, () => first.done.includes('b'));
  await before.stop();
  const after = await start({ done: [], hangAt: null }, []);
  expect(await untilEnded(db, id)).toMatchObject({ status: 'error', needsAttention: true });
  await after.stop();
});

it('leaves the end of a job to the next engine when the database fails at it', async () => {
  const settled: boolean[] = [];
  const world: World = { done: [], hangAt: null };
  const cutOff: OnFinished = async (tx) => {
    await tx.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`;
  };
  const before = await start(world, [recipe('a', 'b')], cutOff);
  const id = await submitTo(db, 'test.recipe', {});
  await untilJob(db, id, ({ status }) => status === 'running' && fatal.length > 0);
  await before.stop();
  expect(fatal.splice(0)).toEqual([expect.stringContaining(`Cannot go on with job ${id}`)]);
  const after = await start(world, [recipe('a', 'b')], async (_, { keep }) => void settled.push(keep));
  expect(await untilEnded(db, id)).toMatchObject({ status: 'success', needsAttention: false });
  expect([settled, world.done]).toEqual([[true], ['a', 'b']]);
  await after.stop();
});

it('deletes the records of workflows that ended long ago, and no others', async () => {
  const world: World = { done: [], hangAt: null };
  const engine = await start(world, [recipe('a')]);
  const [old, young] = [await submitTo(db, 'test.recipe', {}), await submitTo(db, 'test.recipe', {})];
  await untilEnded(db, old);
  await untilEnded(db, young);
  await engine.stop();
  const workflows = await launchWorkflows({ url: database.url, run: async () => {} });
  const dayMs = 86_400_000;
  await db.$executeRaw`
    UPDATE dbos.workflow_status SET completed_at = completed_at - ${2 * dayMs} WHERE workflow_uuid = ${`job-${old}`}`;
  await workflows.tidy();
  const left = await db.$queryRaw`SELECT workflow_uuid AS id FROM dbos.workflow_status`;
  expect(left).toEqual([{ id: `job-${young}` }]);
  await workflows.close();
});
