// A node whose joining fails is no node afterwards, unless something is on it.
import { randomUUID } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { defineSimulated } from '@/agents/testing/definitions';
import type { SimulatedCluster } from '../agents/testing/simulated-cluster';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from './testing/use-world';
import type { Place, World } from './testing/world';

let agents: SimulatedCluster;
let world: World;
let place: Place;

useWorld((used) => ({ agents, world } = used));
beforeEach(async () => {
  place = await world.makePlace({ joined: false });
});

/** After the node was reached. */
async function failToJoin() {
  const { id, name } = place.node;
  await world.db.node.update({ where: { id }, data: { acceleratorSetting: 'none such' } });
  const target = { kind: 'node', id, name } as const;
  const jobId = await world.order({ operation: 'node.join', place, target, params: { nodeId: id } });
  expect(await untilEnded(world.db, jobId)).toMatchObject({ status: 'error', needsAttention: false });
  expect(await world.db.node.findUnique({ where: { id } })).toBeNull();
}
const answer = () => agents.client.call(place.node, 'node.facts', {}, { patienceMs: 1_000 });

it('tells a node whose joining failed to forget that it was to be one', async () => {
  await failToJoin();
  await expect(answer()).rejects.toMatchObject({ code: 'unavailable' });
});

it('lets a node that has instances stay what it is', async () => {
  const definition = { ...defineSimulated('web1'), id: randomUUID() };
  await agents.client.call(place.node, 'instance.define', { definition });
  await failToJoin();
  expect(await answer()).toMatchObject({ hostName: place.node.name });
});
