// The question after every fault: is anything left over? Agents and database must account for each other, wholly.
import { expect } from 'vitest';
import { checkLedger } from '../../quotas/check-ledger';
import { untilEnded } from '../../jobs/testing/engine-on-database';
import type { Subject } from './scenario';
import type { World } from './world';

/** Then removes what is there by the product's own means, and looks whether everything is gone. */
export async function expectNothingLeft(world: World, subject: Subject): Promise<void> {
  await expectAccounted(world, subject);
  await clearAway(world, subject);
  const found = await look(world, subject);
  for (const { agent } of found.nodes)
    if (agent) expect(agent).toEqual({ defined: [], disks: [], running: [], nics: [] });
  const ids = subject.place.nodes.map((node) => node.id);
  expect(await world.db.mirrorSide.count({ where: { nodeId: { in: ids } } })).toBe(0);
  expect(found.instances).toEqual([]);
  const { clusterId, ownerId } = subject.place;
  const balances = await world.db.quotaBalance.findMany({ where: { clusterId, ownerId } });
  expect(balances.filter((row) => row.used !== 0n || row.reserved !== 0n)).toEqual([]);
}

async function expectAccounted(world: World, subject: Subject): Promise<void> {
  const { instances, nodes } = await look(world, subject);
  const { clusterId } = subject.place;
  const unfinished = ['queued', 'waiting', 'running', 'canceling'];
  expect(await world.db.job.count({ where: { clusterId, status: { in: unfinished } } })).toBe(0);
  expect(await world.db.job.count({ where: { clusterId, needsAttention: true } })).toBe(0);
  expect(instances.map((one) => one.lifecycle)).not.toContain('creating');
  await expectImages(world, clusterId);
  for (const { id, agent } of nodes) if (agent) await expectNothingSaved(world, clusterId, id);
  for (const { id, state, agent } of nodes) {
    expect(['online', 'offline', 'unreachable', null]).toContain(state);
    expectAgrees(
      instances.filter((one) => one.nodeIds.includes(id)),
      id,
      agent,
    );
  }
}

/** Nothing is under way; the file of one that is ready is whole. */
async function expectImages({ db, images }: World, clusterId: string): Promise<void> {
  for (const { id, state, bytes } of await db.image.findMany({ where: { clusterId } })) {
    expect(['ready', 'failed']).toContain(state);
    if (state === 'ready') expect(await images.size(id)).toBe(Number(bytes));
  }
}

/** What a disk was saved into is gone from the node, whether it became an image or not. */
async function expectNothingSaved({ db, agents }: World, clusterId: string, nodeId: string): Promise<void> {
  const { name, address } = await db.node.findUniqueOrThrow({ where: { id: nodeId } });
  for (const { id: imageId } of await db.image.findMany({ where: { clusterId, source: 'instance' } })) {
    const asked = agents.client.call({ id: nodeId, name, address }, 'image.readSaved', {
      imageId,
      offset: 0,
    });
    await expect(asked).rejects.toMatchObject({ code: 'not_found' });
  }
}

type Recorded = Awaited<ReturnType<typeof look>>['instances'];
type Told = Awaited<ReturnType<typeof askAgent>> | null;

/** What one node has is what the database says of it. */
function expectAgrees(instances: Recorded, nodeId: string, agent: Told): void {
  if (!agent) return;
  const whole = instances.filter((one) => one.lifecycle === 'ready');
  const all = { disks: instances.flatMap((one) => one.disks), ids: instances.map((one) => one.id) };
  // An instance whose removal was interrupted accounts for what is left of it; all others are there in full.
  expect(all.ids).toEqual(expect.arrayContaining(agent.defined));
  expect(all.disks).toEqual(expect.arrayContaining(agent.disks));
  expect(agent.defined).toEqual(expect.arrayContaining(whole.map((one) => one.id)));
  expect(agent.disks).toEqual(expect.arrayContaining(whole.flatMap((one) => one.readyDisks)));
  const mayRun = instances
    .filter((one) => one.adminState === 'up' && one.nodeId === nodeId)
    .map((one) => one.id);
  expect(mayRun).toEqual(expect.arrayContaining(agent.running));
  expect(agent.nics).toHaveLength(agent.running.length);
}

async function clearAway(world: World, { place }: Subject): Promise<void> {
  const { clusterId, node } = place;
  const row = await world.db.node.findUnique({ where: { id: node.id } });
  if (row?.state === 'unreachable' || row?.state === 'offline') {
    const target = { kind: 'node', id: node.id, name: node.name } as const;
    const params = { nodeId: node.id };
    const job = await world.order({ operation: 'node.remove', place, target, params });
    expect((await untilEnded(world.db, job)).error).toBeNull();
  }
  for (const { id } of await world.db.instance.findMany({ where: { clusterId } })) {
    const job = await untilEnded(world.db, await world.orderOn(place, id, { operation: 'instance.remove' }));
    expect(job.error).toBeNull();
  }
}

async function look(world: World, { place }: Subject) {
  const { clusterId } = place;
  const rows = await world.db.instance.findMany({ where: { clusterId }, include: { disks: true } });
  const instances = rows.map(({ id, lifecycle, adminState, nodeId, secondaryId, disks }) => ({
    ...{ id, lifecycle, adminState, nodeId },
    nodeIds: [nodeId, secondaryId],
    disks: disks.map((disk) => disk.id),
    // Those that are being added or taken away may be there or not.
    readyDisks: disks.filter((disk) => disk.lifecycle === 'ready').map((disk) => disk.id),
  }));
  const nodes = [];
  for (const node of place.nodes) {
    const row = await world.db.node.findUnique({ where: { id: node.id } });
    const agent = row?.state === 'online' ? await askAgent(world, node) : null;
    nodes.push({ id: node.id, state: row?.state ?? null, agent });
  }
  return { instances, nodes };
}

async function askAgent(world: World, node: Subject['place']['node']) {
  const { client } = world.agents;
  const { defined, instances } = await client.call(node, 'instance.list', {});
  const { disks } = await client.call(node, 'disk.list', {});
  return {
    defined: defined.map((one) => one.id),
    disks: disks.map((disk) => disk.diskId),
    running: instances
      .filter(({ operState }) => ['running', 'paused'].includes(operState))
      .map((one) => one.id),
    nics: node.simulated.pluggedNics(),
  };
}

/** For the end, when no job runs any more. */
export async function expectSoundLedger(world: World): Promise<void> {
  expect(await checkLedger(world.db)).toEqual([]);
}
