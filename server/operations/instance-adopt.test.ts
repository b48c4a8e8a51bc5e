// What is special about an instance that is adopted: it is somebody's machine, which goes on running whatever happens.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { orderAdoption, theirDomain } from './testing/foreign-domains';
import { volumeGroupOf } from './testing/foreign-volumes';
import { useWorld } from './testing/use-world';
import type { Place, World } from './testing/world';

let world: World;

useWorld((used) => ({ world } = used));

const adopt = async (place: Place, id: string) => untilEnded(world.db, await orderAdoption(world, place, id));
const theirVolumes = (place: Place) =>
  volumeGroupOf(place)
    .foreign.entries()
    .map(([name]) => name)
    .sort();

it('gives machine and volumes their names back when it does not succeed, and the next attempt does', async () => {
  const place = await world.makePlace();
  const domain = theirDomain(place, { id: randomUUID(), disksMiB: [64, 32] });
  const before = theirVolumes(place);
  place.node.simulated.faults.fail('hypervisor.takeOver');
  expect(await adopt(place, domain.id)).toMatchObject({ status: 'error', needsAttention: false });
  expect(place.node.simulated.foreign.entries()).toEqual([domain]);
  expect(theirVolumes(place)).toEqual(before);
  expect(await world.db.instance.count({ where: { id: domain.id } })).toBe(0);
  expect(await adopt(place, domain.id)).toMatchObject({ status: 'success', error: null });
  expect(theirVolumes(place)).toEqual([]);
});

it('tells of a machine as long as it is nobody’s', async () => {
  const place = await world.makePlace();
  const domain = theirDomain(place, { id: randomUUID(), disksMiB: [] });
  const told = async () => (await world.agents.client.call(place.node, 'node.facts', {})).domains;
  expect(await told()).toEqual([domain]);
  expect(await adopt(place, domain.id)).toMatchObject({ status: 'success' });
  expect(await told()).toEqual([]);
});

it('leaves alone what is not as it was accepted, or is gone', async () => {
  const place = await world.makePlace();
  const { foreign } = place.node.simulated;
  const domain = theirDomain(place, { id: randomUUID(), disksMiB: [64] });
  const asked = orderAdoption(world, place, domain.id);
  foreign.put({ ...domain, vcpus: 1 });
  expect(await untilEnded(world.db, await asked)).toMatchObject({
    error: { code: 'wrong_state', message: expect.stringContaining('it has changed since') },
  });
  foreign.put({ ...domain, problem: 'It has ended.' });
  expect(await adopt(place, domain.id)).toMatchObject({
    error: { message: expect.stringContaining('It has ended.') },
  });
  expect(theirVolumes(place)).toHaveLength(1);
});
