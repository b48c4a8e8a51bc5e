// For every operation: the engine process is killed at every step and every undo, before and after the effect, twice in a row at the same
// point; then another engine goes on. The cases of a batch play side by side, each in a place of its own, and die with the same process.
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import { startSimulatedCluster, type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { createDb, type Db } from '../db/client';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { operations } from './registry';
import { bundleCrashEngine, startEngineProcess } from './testing/engine-process';
import { type Plan, planKey, type Point } from './testing/faults';
import { expectNothingLeft, expectSoundLedger } from './testing/nothing-left';
import type { Subject } from './testing/scenario';
import { type Play, plays } from './testing/scenarios';
import { sideBySide } from './testing/side-by-side';
import { World } from './testing/world';

let agents: SimulatedCluster;
let database: TestDatabase;
let db: Db;
let bundle: string;

beforeAll(async () => {
  [agents, database, bundle] = await Promise.all([
    startSimulatedCluster(),
    createTestDatabase(),
    bundleCrashEngine(),
  ]);
  db = createDb(database.url, 10);
});
afterAll(async () => {
  await db.$disconnect();
  await database.drop();
  await agents.close();
  rmSync(bundle, { force: true });
});

type Case = Pick<Play, 'name' | 'scenario'> & { plan: Plan; text: string };
type Played = Case & { subject: Subject; key: string };

const whens = ['before', 'after'] as const;

function crashCases({ name, scenario, steps, text: played }: Play): Case[] {
  const last = steps.at(-1) ?? '';
  const at = (phase: Point['phase'], more: Plan): Case[] =>
    steps.flatMap((step) =>
      whens.map((when) => ({
        ...{ name, scenario },
        plan: { ...more, strike: { at: { step, phase, when }, how: 'hang' } },
        text: `${played}, ${phase} of ${step}, ${when} its effect`,
      })),
    );
  const undone = new Set(operations[name].undoneSteps);
  const undoCases = at('undo', { failAfter: last }).filter((one) =>
    undone.has(one.plan.strike?.at.step ?? ''),
  );
  return [...at('do', {}), ...undoCases];
}

/** So that a batch is played within its time, whatever operations there are. */
const mostCases = 80;

/** Plays that follow each other, and their cases: as many as are played at once. */
function toBatches(all: readonly Play[]): { text: string; cases: Case[] }[] {
  const batches: { texts: string[]; cases: Case[] }[] = [];
  for (const play of all) {
    const cases = crashCases(play);
    const last = batches.at(-1);
    if (last && last.cases.length + cases.length <= mostCases) {
      last.texts.push(play.text);
      last.cases.push(...cases);
    } else batches.push({ texts: [play.text], cases });
  }
  return batches.map(({ texts, cases }) => ({ text: texts.join(', '), cases }));
}

const batches = toBatches(plays).map(({ text, cases }) => [text, cases] as const);

it.each(batches)(
  'leaves nothing when the engine is killed at any step of %s',
  { timeout: 240_000 },
  async (_, cases) => {
    const world = new World(db, agents);
    const { url } = database;
    const { credentials, imageFolder } = agents;
    const start = (plans: Record<string, Plan>) =>
      startEngineProcess(bundle, { url, credentials, imageFolder, plans });

    const preparing = start({});
    const prepare = async (one: Case) => {
      const subject = await one.scenario.prepare(world);
      return { ...one, subject, key: planKey(one.name, subject.targetId) };
    };
    const played: Played[] = await preparing.during(sideBySide(cases, prepare));
    await preparing.kill();

    const plans = Object.fromEntries(played.map(({ key, plan }) => [key, plan]));
    const jobs = await sideBySide(played, ({ scenario, subject }) => scenario.submit(world, subject));
    for (let crash = 0; crash < 2; crash += 1) {
      const doomed = start(plans);
      await doomed.untilReached(played.map(({ key }) => key));
      await doomed.kill();
    }

    // Failures are still injected, so that interrupted undos are gone on with; nothing hangs any more.
    const survivors = Object.fromEntries(
      played.map(({ key, plan }) => [key, { failAfter: plan.failAfter }] as const),
    );
    const survivor = start(survivors);
    const settle = (one: Played, index: number) => expectGoneOnWith(world, one, jobs[index] ?? 0);
    await survivor.during(sideBySide(played, settle));
    await expectSoundLedger(world);
    await survivor.kill();
  },
);

async function expectGoneOnWith(
  world: World,
  { scenario, plan, subject, text }: Played,
  jobId: number,
): Promise<void> {
  const job = await untilEnded(world.db, jobId);
  expect({ text, status: job.status, error: plan.failAfter ? null : job.error }).toEqual({
    text,
    status: plan.failAfter ? 'error' : 'success',
    error: null,
  });
  expect(await world.db.auditEntry.count({ where: { jobId } })).toBe(1);
  if (!plan.failAfter) await scenario.verify(world, subject);
  await expectNothingLeft(world, subject);
}
