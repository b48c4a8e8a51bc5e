// Users, and that the console never ends up without an operator.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserListQuery } from '@/contract/schemas/user';
import { makeJob, makePerson, openWorld, type World } from './testing/console-world';
import { createUser, getUser, listUsers, makePasswordLink, updateUser } from './users';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

describe('a user', () => {
  it('is created once for a sign-in name, and the link is kept as a hash only', async () => {
    const input = { login: 'zoe', name: 'Zoe', role: 'customer' } as const;
    const { user, link } = await createUser(world.operator.ctx, input);
    expect(user).toMatchObject({ ...input, disabled: false, hasPassword: false, instances: 0 });
    expect(link.url).toMatch(/^http:\/\/console\.test:4300\/welcome\/[\w-]{43}$/);
    const token = link.url.split('/').at(-1) ?? '';
    expect(JSON.stringify(await world.db.passwordLink.findMany())).not.toContain(token);
    expect(JSON.stringify(await world.db.auditEntry.findMany())).not.toContain(token);
    await expect(createUser(world.operator.ctx, input)).rejects.toMatchObject({
      code: 'already_exists',
      details: { issues: [{ path: ['login'] }] },
    });
  });

  it('sees itself and nobody else', async () => {
    const { alice, bob } = world;
    expect(await getUser(alice.ctx, { id: alice.actor.userId })).toMatchObject({ login: 'alice' });
    for (const id of [bob.actor.userId, randomUUID()])
      await expect(getUser(alice.ctx, { id })).rejects.toMatchObject({
        code: 'not_found',
        message: `There is no user with the id ${id}`,
      });
    await expect(listUsers(alice.ctx, UserListQuery.parse({}))).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('is found by sign-in name, name and role, with nothing meaning more than itself', async () => {
    await world.db.user.create({ data: { login: 'per_cent', name: '100 %', role: 'customer' } });
    const find = async (query: object) =>
      (await listUsers(world.operator.ctx, UserListQuery.parse(query))).items.map((user) => user.login);
    expect(await find({ search: 'OLGA' })).toEqual(['olga']);
    expect(await find({ search: '%' })).toEqual(['per_cent']);
    expect(await find({ search: '_' })).toEqual(['per_cent']);
    expect(await find({ role: 'operator' })).toEqual(['olga']);
  });

  it('has its jobs canceled that have not begun when it is disabled, and nobody else has', async () => {
    const { db, operator, bob } = world;
    const { actor } = await makePerson(db, { login: 'gone', role: 'customer' });
    const by = ({ userId }: { userId: string }, status: string) =>
      makeJob(db, { targetId: randomUUID(), ownerId: actor.userId, createdById: userId, status });
    const pending = [await by(actor, 'queued'), await by(actor, 'waiting')];
    await by(actor, 'running');
    await by(actor, 'success');
    await by(bob.actor, 'queued');
    await by(operator.actor, 'queued');
    await updateUser(operator.ctx, { id: actor.userId, name: 'Still here' });
    expect(await db.job.count({ where: { cancelRequestedAt: { not: null } } })).toBe(0);
    await updateUser(operator.ctx, { id: actor.userId, disabled: true });
    const where = { cancelRequestedAt: { not: null } };
    const canceled = await db.job.findMany({ where });
    expect(new Set(canceled.map((job) => job.id))).toEqual(new Set(pending));
    const events = await db.event.findMany({ where: { kind: 'job' } });
    expect(new Set(events.map((event) => Number(event.resourceId)))).toEqual(new Set(pending));
  });

  it('gets no link while disabled', async () => {
    const { actor } = await makePerson(world.db, { login: 'off', role: 'customer' });
    await updateUser(world.operator.ctx, { id: actor.userId, disabled: true });
    await expect(makePasswordLink(world.operator.ctx, { id: actor.userId })).rejects.toMatchObject({
      code: 'wrong_state',
    });
    await expect(makePasswordLink(world.operator.ctx, { id: randomUUID() })).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('operators', () => {
  it('do not change their own role and do not disable themselves', async () => {
    const second = await makePerson(world.db, { login: 'second', role: 'operator' });
    const id = second.actor.userId;
    for (const input of [{ role: 'customer' as const }, { disabled: true }])
      await expect(updateUser(second.ctx, { id, ...input })).rejects.toMatchObject({ code: 'forbidden' });
    expect(await updateUser(second.ctx, { id, name: 'Renamed', role: 'operator' })).toMatchObject({
      name: 'Renamed',
    });
    await updateUser(world.operator.ctx, { id, disabled: true });
  });

  it('always leave one who can sign in, also when two disable each other at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { db } = world;
      await db.user.updateMany({ where: { role: 'operator' }, data: { disabled: true } });
      const a = await makePerson(db, { login: `a${round}`, role: 'operator' });
      const b = await makePerson(db, { login: `b${round}`, role: 'operator' });
      await makePerson(db, { login: `invited${round}`, role: 'operator', passwordHash: null });
      const results = await Promise.allSettled([
        updateUser(a.ctx, { id: b.actor.userId, role: 'customer' }),
        updateUser(b.ctx, { id: a.actor.userId, disabled: true }),
      ]);
      expect(results.filter((result) => result.status === 'fulfilled')).toHaveLength(1);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'wrong_state' });
      const left = { role: 'operator', disabled: false, passwordHash: { not: null } };
      expect(await db.user.count({ where: left })).toBe(1);
    }
  });
});
