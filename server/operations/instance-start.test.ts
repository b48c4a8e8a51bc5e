// What a start that is refused leaves as it was.
import { beforeEach, expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from './testing/use-world';
import type { Place, World } from './testing/world';

let world: World;
let place: Place;
let instanceId: string;

useWorld((used) => ({ world } = used));
beforeEach(async () => {
  place = await world.makePlace();
  instanceId = await world.makeInstance(place, { start: false });
  place.node.simulated.faults.clear();
});

const refusal = 'disk 0 is a disk of the domain 5';
/** The machine does not start; then the first disk stays open, at the agent's own clearing up and at the undo. */
async function startWhileHeld(error: AppError) {
  const { faults } = place.node.simulated;
  const before = faults.count('storage.shutdown');
  faults.fail('hypervisor.start', { error: new AppError('busy', refusal) });
  for (const nth of [1, 3]) faults.fail('storage.shutdown', { nth, error });
  const jobId = await world.orderOn(place, instanceId, { operation: 'instance.start' });
  const job = await untilEnded(world.db, jobId);
  const lines = await world.db.jobLogLine.findMany({ where: { jobId, level: 'warn' } });
  const closings = faults.count('storage.shutdown') - before;
  return { job, closings, warnings: lines.map(({ message }) => message) };
}

it('leaves a disk to whoever has it, says so once, and ends with why it did not start', async () => {
  const inUse = new AppError('busy', 'the volume is in use', { details: { users: ['the domain 5'] } });
  const { job, closings, warnings } = await startWhileHeld(inUse);
  expect(job).toMatchObject({ status: 'error', needsAttention: false });
  expect(job.error).toMatchObject({ message: expect.stringMatching(new RegExp(`${refusal}$`)) });
  expect(warnings).toEqual([expect.stringContaining('the volume is in use: that disk stays open')]);
  expect(closings).toBe(4);
  const instance = await world.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
  expect(instance).toMatchObject({ status: 'stopped', adminState: 'down' });
});

it('tries again to close a disk that nobody is known to use', async () => {
  const { job, closings } = await startWhileHeld(new AppError('busy', 'the volume is in use'));
  expect(job).toMatchObject({ status: 'error', needsAttention: false });
  expect(closings).toBe(6);
});
