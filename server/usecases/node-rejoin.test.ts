// A node whose machine was installed anew comes back as what it was, and only when it is known to be off.
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeKeyAndRequest } from '@/agents/identity-keys';
import { parseJoinToken } from '@/contract/join-token';
import { joinMac } from '../agents/ca';
import { createJoinToken, joinNode } from './node-join';
import { makeNode, nobody, openWorld, type World } from './testing/console-world';

let world: World;
let csr: string;
beforeAll(async () => {
  world = await openWorld();
  csr = (await makeKeyAndRequest('node')).csr;
});
afterAll(() => world.close());

async function makeOffline(name: string) {
  const { db, clusterId } = world;
  const group = await db.nodeGroup.create({ data: { clusterId, name: `group-${randomUUID().slice(0, 8)}` } });
  const id = await makeNode(db, { clusterId, name, state: 'offline' });
  const fenced = { groupId: group.id, fencedAt: new Date(), fencedHow: 'declared', volumes: [] };
  await db.node.update({ where: { id }, data: fenced });
  return { id, groupId: group.id };
}

const tokenFor = (nodeId: string) =>
  createJoinToken(world.operator.ctx, { clusterId: world.clusterId, nodeId });

function join(token: string, name: string) {
  const { tokenId = '', secret = '' } = parseJoinToken(token) ?? {};
  const secretHash = createHash('sha256').update(secret).digest('hex');
  const own = { tokenId, name, address: `${name}:4301`, csr };
  return joinNode(nobody(world.db), { ...own, mac: joinMac(secretHash, own) });
}

it('keeps its id, name and group; what was known of its disks is forgotten', async () => {
  const { id, groupId } = await makeOffline('back1');
  const { token } = await tokenFor(id);
  const joined = await join(token, 'back1');
  expect(joined.nodeId).toBe(id);
  expect(await world.db.node.findUnique({ where: { id } })).toMatchObject({
    ...{ name: 'back1', groupId, address: 'back1:4301', facts: null, volumes: null, seenAt: null },
    // Until the job has reached it, it is as offline as it was.
    ...{ state: 'offline', fencedHow: 'declared' },
  });
  expect(await world.db.job.findUnique({ where: { id: joined.jobId } })).toMatchObject({
    ...{ operation: 'node.setOnline', targetId: id, params: { nodeId: id } },
  });
  const again = await join(token, 'back1');
  expect([again.nodeId, again.jobId]).toEqual([id, joined.jobId]);
});

it('is not another machine by mistake, and the token still works for the right one', async () => {
  const { id } = await makeOffline('back2');
  const { token } = await tokenFor(id);
  await expect(join(token, 'other2')).rejects.toMatchObject({ code: 'wrong_state' });
  expect((await join(token, 'back2')).nodeId).toBe(id);
});

it('is refused while the node may still run something', async () => {
  const { id } = await makeOffline('back3');
  const { token } = await tokenFor(id);
  await world.db.node.update({ where: { id }, data: { state: 'unreachable' } });
  await expect(tokenFor(id)).rejects.toMatchObject({ code: 'wrong_state' });
  await expect(join(token, 'back3')).rejects.toMatchObject({ code: 'wrong_state' });
});
