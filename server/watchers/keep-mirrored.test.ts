import { beforeEach, expect, it } from 'vitest';
import type { MirrorStatus } from '@/contract/schemas/disk';
import { type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { type TestEngine, untilEnded } from '../jobs/testing/engine-on-database';
import { lookAtSides } from '../operations/testing/look-at-sides';
import { useWorld } from '../operations/testing/use-world';
import { mirrored, type Place, type World } from '../operations/testing/world';
import { findInstances } from '../usecases/instance-findings';
import { keepMirroredOnce } from './keep-mirrored';
import { storeMirrors } from './store-mirrors';

let agents: SimulatedCluster;
let engine: TestEngine;
let world: World;
let place: Place;
let id: string;
/** Moved by hand. */
let now: Date;

useWorld((used) => ({ agents, engine, world } = used));
beforeEach(async () => {
  await engine.db.mirrorSide.updateMany({ data: { status: {} } });
  place = await world.makePlace({ nodes: 2 });
  id = await world.makeInstance(place, { start: true, as: mirrored });
  now = new Date();
});

const later = (ms: number) => (now = new Date(now.getTime() + ms));

/** As the observers would: each node tells of its own sides. */
async function observe(change: (seen: MirrorStatus) => MirrorStatus = (seen) => seen): Promise<void> {
  for (const node of place.nodes) {
    const seen = await lookAtSides(world, { ...place, nodes: [node] }, id);
    await storeMirrors(world.db, node.id, seen.map(change));
  }
}

/** What a restart of the secondary node leaves: its sides are not up. */
async function takeSecondaryDown(): Promise<void> {
  const [, node] = place.nodes;
  if (!node) throw new Error('The place has two nodes');
  const { defined } = await agents.client.call(node, 'instance.list', {});
  for (const disk of defined.find((one) => one.id === id)?.disks ?? []) {
    const { id: diskId, sizeMiB, spec } = disk;
    await agents.client.call(node, 'disk.shutdown', { instanceId: id, diskId, sizeMiB, spec });
  }
}

/** What the watcher asks for now, when it is done; null when it asks for nothing. */
async function care() {
  const last = await world.db.job.findFirst({ where: { targetId: id }, orderBy: { id: 'desc' } });
  await keepMirroredOnce(world.db, now);
  const where = { targetId: id, id: { gt: last?.id ?? 0 } };
  const job = await world.db.job.findFirst({ where });
  return job && untilEnded(world.db, job.id);
}

const connections = async () => (await lookAtSides(world, place, id)).map((seen) => seen.connection);

it('brings up again what a restart of a node took down, and the status it stored is that', async () => {
  await observe();
  expect(await care()).toBeNull();
  await takeSecondaryDown();
  await observe();
  expect(await connections()).toContain('down');
  const job = await care();
  expect(job).toMatchObject({ operation: 'instance.activateDisks', status: 'success', priority: 19 });
  expect(await connections()).toEqual(['connected', 'connected', 'connected', 'connected']);
  later(60_000);
  expect(await care()).toBeNull();
  expect(await world.db.attempt.count({ where: { instanceId: id } })).toBe(0);
  const roles = (await lookAtSides(world, place, id)).map((seen) => seen.role);
  expect(roles).toEqual(['primary', 'primary', 'secondary', 'secondary']);
});

it('tries again later and later where it does not help, and tells so', async () => {
  const [, node] = place.nodes;
  await takeSecondaryDown();
  await observe();
  for (const waitMs of [0, 30_000, 60_000]) {
    later(Math.max(0, waitMs - 1));
    if (waitMs > 0) expect(await care()).toBeNull();
    later(1);
    node?.simulated.faults.fail('storage.assemble');
    expect(await care()).toMatchObject({ status: 'error' });
  }
  const findings = (await findInstances(world.db)).filter(({ target }) => target.id === id);
  expect(findings).toMatchObject([{ kind: 'mirrorsDown', values: { attempts: 3 } }]);
  later(120_000);
  expect(await care()).toMatchObject({ status: 'success' });
});

it('does not touch sides that contradict each other, and tells so', async () => {
  await observe((seen) => ({ ...seen, connection: 'standAlone', splitBrain: true }));
  expect(await care()).toBeNull();
  const findings = (await findInstances(world.db)).filter(({ target }) => target.id === id);
  expect(findings.map(({ kind }) => kind)).toEqual(['splitBrain']);
});

it.each([
  ['maintenance', { instance: { disksActive: false } }],
  ['a removal', { instance: { lifecycle: 'removing' } }],
  ['a node that does not answer', { node: { state: 'unreachable' } }],
])('leaves alone what is down because of %s', async (_what, { instance, node }: Reason) => {
  await takeSecondaryDown();
  await observe();
  const secondary = { id: place.nodes[1]?.id ?? '' };
  if (node) await world.db.node.update({ where: secondary, data: node });
  if (instance) await world.db.instance.update({ where: { id }, data: instance });
  expect(await care()).toBeNull();
});

type Reason = { instance?: { disksActive?: boolean; lifecycle?: string }; node?: { state: string } };
