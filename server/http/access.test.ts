// Every door, tried by those who may not pass: who may not know that something exists learns nothing from the answer.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isAllowed, permissions, type Action } from '@/contract/permissions';
import { dependsOnTarget } from '../auth/authorize';
import { makeInstance, makeJob, openWorld, type World } from '../usecases/testing/console-world';
import { bodyLimitBytes } from './read-body';
import { findDoors, isMutation, knock, type Door, type Parts } from './testing/doors';

const doors = await findDoors();
const guarded = doors.filter((door) => !door.route.startsWith('auth/'));

/** Enough for every route that takes one; unknown fields are ignored. */
const body = {
  ...{ confirmName: 'web1', kind: 'screen', mode: 'auto', to: 'plain', sizeMiB: 64, newSizeMiB: 128 },
  ...{ diskId: randomUUID(), toInstanceId: randomUUID(), keepNodeId: randomUUID() },
  ...{ name: 'web2', os: { kind: 'none' }, seed: null, adopt: { vg: 'corral', name: 'theirs' } },
};

const someImage = { name: 'debian', format: 'raw', source: 'upload', state: 'ready', isPublic: true };

let world: World;
/** By the first part of the address: the id of something that exists and belongs to somebody else. */
let foreign: Record<string, string>;

beforeAll(async () => {
  world = await openWorld();
  const { db, clusterId, nodeId, bob } = world;
  const ownerId = bob.actor.userId;
  // A number of one digit would be found in every answer.
  await db.$queryRaw`SELECT setval('"Job_id_seq"', 700000)`;
  const instanceId = await makeInstance(db, { clusterId, ownerId, nodeId, name: 'web1', status: 'running' });
  foreign = {
    instances: instanceId,
    jobs: String(await makeJob(db, { targetId: instanceId, ownerId })),
    users: ownerId,
    clusters: clusterId,
    nodes: nodeId,
    'node-groups': (await db.nodeGroup.create({ data: { clusterId, name: 'rack1' } })).id,
    images: (await db.image.create({ data: { ...someImage, clusterId } })).id,
    'password-links': 'x'.repeat(43),
  };
});
afterAll(() => world.close());

const isAction = (access: unknown): access is Action => typeof access === 'string' && access in permissions;

function resourceOf(door: Door): string {
  return door.route.split('/')[1] ?? '';
}

function foreignParts(door: Door): Parts {
  const id = foreign[resourceOf(door)];
  if (!door.route.includes('[')) return {};
  if (!id) throw new Error(`Teach this test something foreign for ${door.route}`);
  return { id, token: id, clusterId: world.clusterId, diskId: id, domainId: randomUUID() };
}

function unknownParts(door: Door): Parts {
  const id = resourceOf(door) === 'jobs' ? '2000000000' : randomUUID();
  return door.route.includes('[')
    ? { id, token: 'y'.repeat(43), clusterId: randomUUID(), diskId: randomUUID(), domainId: randomUUID() }
    : {};
}

/** Status and body of the answer, with the ids that were asked for made equal. */
async function answerTo(door: Door, parts: Parts, cookie?: string) {
  const response = await knock(door, { parts, cookie, body });
  const text = Object.values(parts).reduce(
    (rest, part) => rest.replaceAll(part, '<id>'),
    await response.text(),
  );
  return { status: response.status, text };
}

it('finds the doors', () => {
  expect(doors.length).toBeGreaterThan(30);
});

it.each(doors.map((door) => [`${door.method} ${door.route}`, door] as const))('%s is marked', (_, door) => {
  if (door.route.startsWith('auth/')) expect(door.access).toBe('anonymous');
  else expect(isAction(door.access)).toBe(true);
});

/** The doors that a rule is about, named for `it.each`. */
const doorsWhere = (isMeant: (door: Door) => boolean) =>
  guarded.filter(isMeant).map((door) => [`${door.method} ${door.route}`, door] as const);

const accessOf = ({ access }: Door): Action => (isAction(access) ? access : 'overview.view');

it.each(doorsWhere((door) => !isAllowed(accessOf(door), ['anonymous'])))(
  '%s refuses visitors, whatever they name',
  async (_, door) => {
    const known = await answerTo(door, foreignParts(door));
    expect(known.status).toBe(401);
    expect(await answerTo(door, unknownParts(door))).toEqual(known);
  },
);

it.each(doorsWhere((door) => !isAllowed(accessOf(door), ['anonymous', 'member'])))(
  '%s refuses a customer what is not theirs',
  async (_, door) => {
    const before = await world.db.job.count();
    const known = await answerTo(door, foreignParts(door), world.alice.cookie);
    if (door.access === 'password.change') return expect(known.status).toBe(422);
    expect(known.status).toBe(dependsOnTarget(accessOf(door)) ? 404 : 403);
    expect(await answerTo(door, unknownParts(door), world.alice.cookie)).toEqual(known);
    expect(await world.db.job.count()).toBe(before);
  },
);

const mutations = doors.filter(isMutation).map((door) => [`${door.method} ${door.route}`, door] as const);

it.each(mutations)('%s refuses pages of other sites', async (_, door) => {
  const parts = unknownParts(door);
  const { cookie } = world.operator;
  for (const origin of [
    'http://evil.test',
    'http://console.test.evil.test:4300',
    'https://console.test:4300',
    'null',
  ])
    expect((await knock(door, { parts, cookie, body, headers: { origin } })).status).toBe(403);
});

it.each(mutations)('%s reads no more of a body than the limit', async (_, door) => {
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        sent += 16 * 1024;
        controller.enqueue(Buffer.alloc(16 * 1024, ' '));
      },
    },
    { highWaterMark: 0 },
  );
  const { cookie } = world.operator;
  const { status } = await knock(door, { parts: unknownParts(door), cookie, body: endless });
  if (sent > 0) expect(status).toBe(413);
  expect(sent).toBeLessThanOrEqual(bodyLimitBytes + 16 * 1024);
});

it.each(doorsWhere(isMutation))('%s refuses other types of body', async (_, door) => {
  const parts = unknownParts(door);
  const { cookie } = world.operator;
  for (const type of ['text/plain', 'application/x-www-form-urlencoded'])
    expect((await knock(door, { parts, cookie, body, headers: { 'content-type': type } })).status).toBe(415);
});
