// For every operation and every step: replay, failure, cancel and double undo; afterwards nothing may be left over.
// Crashes are in registry-crash.test.ts. A new operation is covered by being registered. Cases are played side by side, each in a place of its own.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulatedCluster, type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { startTestEngine, type TestEngine, untilEnded } from '../jobs/testing/engine-on-database';
import { settle } from '../quotas/ledger';
import { operations } from './registry';
import { type Plan, planKey, withFaults } from './testing/faults';
import { openTestImages } from './testing/image-world';
import { expectNothingLeft, expectSoundLedger } from './testing/nothing-left';
import { type Play, plays } from './testing/scenarios';
import { World } from './testing/world';

let agents: SimulatedCluster;
let engine: TestEngine;
let world: World;
const plans = new Map<string, Plan>();

beforeAll(async () => {
  agents = await startSimulatedCluster();
  engine = await startTestEngine({
    services: { agents: agents.client, images: openTestImages(agents) },
    operations: Object.values(operations).map((op) => withFaults(op, { planOf: (key) => plans.get(key) })),
    onFinished: (tx, { jobId, keep }) => settle(tx, { jobId, success: keep }),
  });
  world = new World(engine.db, agents);
});
afterAll(async () => {
  await expectSoundLedger(world);
  expect(engine.fatal).toEqual([]);
  await engine.close();
  await agents.close();
});

async function run({ name, scenario }: Play, plan: Plan) {
  const subject = await scenario.prepare(world);
  const key = planKey(name, subject.targetId);
  plans.set(key, plan);
  const job = await untilEnded(world.db, await scenario.submit(world, subject));
  plans.delete(key);
  if (job.status === 'success') await scenario.verify(world, subject);
  await expectNothingLeft(world, subject);
  return job;
}

describe.concurrent.each(plays.map((play) => [play.text, play] as const))('%s', (_, play) => {
  const { steps, name } = play;
  const { cancelableSteps: cancelable } = operations[name];
  const last = steps.at(-1) ?? '';

  it('succeeds', async () => {
    expect(await run(play, {})).toMatchObject({ status: 'success', error: null });
  });

  it('succeeds when every step is repeated', async () => {
    expect(await run(play, { twice: true })).toMatchObject({ status: 'success', error: null });
  });

  it('leaves nothing when every step and every undo is repeated', async () => {
    const job = await run(play, { twice: true, failAfter: last });
    expect(job).toMatchObject({ status: 'error', needsAttention: false });
  });

  describe.each(steps)('at %s', (step) => {
    it.each(['before', 'after'] as const)('leaves nothing when it fails %s its effect', async (when) => {
      const job = await run(play, { strike: { at: { step, phase: 'do', when }, how: 'fail' } });
      expect(job).toMatchObject({ status: 'error', needsAttention: false, error: { code: 'tool_failed' } });
    });

    it('leaves nothing when canceled before its effect', async () => {
      const job = await run(play, { strike: { at: { step, phase: 'do', when: 'before' }, how: 'cancel' } });
      // A step that is not to be broken off goes on; the first behind it that is ends the job.
      const isInTime = steps.slice(steps.indexOf(step)).some((name) => cancelable.includes(name));
      const end = isInTime ? { status: 'canceled' } : { status: 'success', error: null };
      expect(job).toMatchObject({ ...end, needsAttention: false });
    });
  });

  // Between two steps a cancel ends the job as one before the later step does; that the later one has not begun then, failures after an effect cover.
  it('succeeds when canceled after its last effect', async () => {
    const job = await run(play, {
      strike: { at: { step: last, phase: 'do', when: 'after' }, how: 'cancel' },
    });
    expect(job).toMatchObject({ status: 'success', error: null, needsAttention: false });
  });
});
