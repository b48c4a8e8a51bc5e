import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAgentClient, usualLimits, type AgentClient } from '../agents/agent-client';
import { startSilentMachine, type SilentMachine } from '../agents/testing/silent-machine';
import { startSimulatedCluster, type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { startTestEngine, type TestEngine, untilEnded } from '../jobs/testing/engine-on-database';
import { operations } from './registry';
import { openTestImages } from './testing/image-world';
import { World, type Place } from './testing/world';

let cluster: SimulatedCluster;
let client: AgentClient;
let engine: TestEngine;
let world: World;
let silent: SilentMachine;

beforeAll(async () => {
  [cluster, silent] = await Promise.all([startSimulatedCluster(), startSilentMachine()]);
  // Far below the usual: a silent machine costs real time.
  const answerMs = { ...usualLimits.answerMs, quick: 1_500 };
  client = createAgentClient(cluster.credentials, {
    ...usualLimits,
    connectMs: 500,
    patienceMs: 1_000,
    answerMs,
  });
  engine = await startTestEngine({
    services: { agents: client, images: openTestImages(cluster) },
    operations: Object.values(operations),
  });
  world = new World(engine.db, cluster);
});
afterAll(async () => {
  await engine.close();
  await client.close();
  await cluster.close();
  silent.close();
});

/** Its machine lost its power: connections are still accepted, by nobody. */
async function loseNode(place: Place, state: string): Promise<void> {
  await world.db.node.update({ where: { id: place.node.id }, data: { state, address: silent.address } });
}

async function removeNode(place: Place) {
  const { id, name } = place.node;
  const target = { kind: 'node', id, name } as const;
  const jobId = await world.order({ operation: 'node.remove', place, target, params: { nodeId: id } });
  return untilEnded(world.db, jobId);
}

it('removes a node whose machine is silent', async () => {
  const place = await world.makePlace();
  await loseNode(place, 'unreachable');
  expect(await removeNode(place)).toMatchObject({ status: 'success', error: null });
  expect(await world.db.node.findUnique({ where: { id: place.node.id } })).toBeNull();
});

it('keeps a node that was online a moment ago, but from now on as unreachable', async () => {
  const place = await world.makePlace();
  await loseNode(place, 'online');
  expect(await removeNode(place)).toMatchObject({ status: 'error', error: { code: 'unavailable' } });
  expect(await world.db.node.findUnique({ where: { id: place.node.id } })).toMatchObject({
    state: 'unreachable',
  });
});
