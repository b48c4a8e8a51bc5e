import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import { Seed, toSshKeys } from '@/contract/schemas/seed';
import { toDefinition } from '../operations/node-disks';
import { readInstance } from '../operations/placed-instance';
import { getInstance } from './instances';
import { getSeed, setSeed } from './instance-seed';
import { makeInstance, openWorld, type World } from './testing/console-world';

const secret = 'password: hunter2-in-the-user-data';
const key = `ssh-ed25519 ${'A'.repeat(68)} alice@home`;
const seed = { userData: `#cloud-config\n${secret}\n`, sshKeys: [key] };

let world: World;
let id: string;
beforeAll(async () => {
  world = await openWorld();
  id = await makeInstance(world.db, {
    ...{ clusterId: world.clusterId, nodeId: world.nodeId, ownerId: world.alice.actor.userId },
    ...{ status: 'stopped', adminState: 'down' },
  });
});
afterAll(() => world.close());

it('is set and read by the owner, told to the node, and nowhere else to be seen', async () => {
  const { db, alice, nodeId } = world;
  expect(await getSeed(alice.ctx, { id })).toEqual({ seed: null });
  await setSeed(alice.ctx, { id, seed });
  expect(await getSeed(alice.ctx, { id })).toEqual({ seed });
  expect(toDefinition(await readInstance(db, id), nodeId).seed).toEqual(seed);
  const tables = [
    ...[db.job.findMany(), db.jobLogLine.findMany(), db.auditEntry.findMany(), db.event.findMany()],
    getInstance(world.operator.ctx, { id }),
  ];
  const shown = JSON.stringify(await Promise.all(tables), (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  expect(shown).toContain(id);
  expect(shown).not.toContain('hunter2');
  expect(shown).not.toContain('AAAA');
});

it('is taken away, and then the node is told of none', async () => {
  const { db, alice, nodeId } = world;
  await db.job.updateMany({ data: { status: 'success' } });
  await setSeed(alice.ctx, { id, seed: null });
  expect(await getSeed(alice.ctx, { id })).toEqual({ seed: null });
  expect(toDefinition(await readInstance(db, id), nodeId)).not.toHaveProperty('seed');
});

it('is not there for others', async () => {
  const { bob } = world;
  const refusal = async (work: Promise<unknown>) =>
    toErrorBody(await work.catch((error: unknown) => error)).code;
  expect(await refusal(getSeed(bob.ctx, { id }))).toBe('not_found');
  expect(await refusal(setSeed(bob.ctx, { id, seed }))).toBe('not_found');
});

it('takes keys as they stand in authorized_keys, and user data that cloud-init knows', () => {
  const accepts = (value: object) => Seed.safeParse(value).success;
  expect(accepts({ sshKeys: toSshKeys(`${key}\n\n  ${key.replace('alice@home', '')}\n`) })).toBe(true);
  for (const wrong of ['ssh-ed25519', `command="sh" ${key}`, `${key}\nssh-rsa AAAA`, 'ssh-dss AAAA'])
    expect(accepts({ sshKeys: [wrong] })).toBe(false);
  for (const right of ['', '#!/bin/sh\nid\n', '#cloud-config\n\tä: 1\r\n', 'Content-Type: multipart/mixed'])
    expect(accepts({ userData: right })).toBe(true);
  for (const wrong of ['packages: [htop]', '#cloud-config\n\0', `#${'x'.repeat(16 * 1024)}`])
    expect(accepts({ userData: wrong })).toBe(false);
});
