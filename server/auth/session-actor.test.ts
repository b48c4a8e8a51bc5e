// Who a request comes from, and when that ends.
import NextAuth from 'next-auth';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changePassword } from '../usecases/password';
import { getPasswordLink, setPassword } from '../usecases/password-links';
import {
  cookieOf,
  nobody,
  openSession,
  openWorld,
  ownUrl,
  secret,
  type Person,
  type World,
} from '../usecases/testing/console-world';
import { createUser, makePasswordLink, updateUser } from '../usecases/users';
import { authOptions } from './next-auth';
import { hashPassword } from './password';
import { actorFromCookies } from './session-actor';

const password = 'correct horse battery';

let world: World;
beforeAll(async () => void (world = await openWorld()));
afterAll(() => world.close());

const actorOf = (cookie: string) =>
  actorFromCookies(cookie, { db: world.db, secret, address: '192.0.2.1', secure: false });

type CookieJar = Record<string, string>;

/** What the browser's form does, through NextAuth itself. */
async function ask(
  jar: CookieJar,
  {
    action,
    method = 'GET',
    body = {},
    address = '198.51.100.7',
  }: {
    action: 'csrf' | 'callback' | 'signout' | 'session';
    method?: string;
    body?: Record<string, string>;
    address?: string;
  },
) {
  const answer = { location: '', body: {} };
  const response = {
    status: () => response,
    getHeader: () => [],
    setHeader: (name: string, value: string | string[]) => {
      if (name === 'Location') answer.location = String(value);
      if (name === 'Set-Cookie') [value].flat().forEach((line) => keep(jar, line));
      return response;
    },
    json: (given: { url: string }) => void (answer.location = given.url),
    send: (given: object) => void (answer.body = given),
    end: () => {},
  };
  const request = {
    method,
    cookies: jar,
    body,
    query: { nextauth: action === 'callback' ? [action, 'credentials'] : [action] },
    headers: { host: new URL(ownUrl).host, 'x-corral-remote-address': address },
  };
  await NextAuth(authOptions({ db: world.db, secret }))(request, response);
  return answer;
}

function keep(jar: CookieJar, line: string): void {
  const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
  jar[name] = decodeURIComponent(value);
}

async function csrfToken(jar: CookieJar): Promise<string> {
  const { body } = await ask(jar, { action: 'csrf' });
  return typeof body === 'object' && body && 'csrfToken' in body ? String(body.csrfToken) : '';
}

async function signInAs(
  login: string,
  given = password,
  address?: string,
): Promise<{ cookie: string; error: string | null; jar: CookieJar }> {
  const jar: CookieJar = {};
  const body = { login, password: given, csrfToken: await csrfToken(jar), json: 'true' };
  const { location } = await ask(jar, { action: 'callback', method: 'POST', body, address });
  const token = jar['next-auth.session-token'];
  const error = new URL(location, ownUrl).searchParams.get('error');
  return { cookie: token ? `a=b; next-auth.session-token=${token}` : '', error, jar };
}

async function makeUserWithPassword(login: string): Promise<string> {
  const passwordHash = await hashPassword(password);
  const row = await world.db.user.create({ data: { login, name: login, role: 'customer', passwordHash } });
  return row.id;
}

const again = (person: Person) => openSession(world.db, person.actor);

describe('signing in', () => {
  it('answers an actor until signing out, also to who kept the cookie', async () => {
    const userId = await makeUserWithPassword('carol');
    const { cookie, jar, error } = await signInAs('  Carol ');
    expect(error).toBeNull();
    expect(await actorOf(cookie)).toMatchObject({ userId, login: 'carol', role: 'customer' });
    const csrf = await csrfToken(jar);
    await ask(jar, { action: 'signout', method: 'POST', body: { csrfToken: csrf } });
    expect(await actorOf(cookie)).toBeNull();
    const audit = await world.db.auditEntry.findMany({ where: { actorId: userId }, orderBy: { id: 'asc' } });
    expect(audit.map((row) => [row.action, row.outcome, row.address])).toEqual([
      ['session.signIn', 'done', '198.51.100.7'],
      ['session.signOut', 'done', '198.51.100.7'],
    ]);
  });

  it('needs the token against cross-site requests', async () => {
    await makeUserWithPassword('dora');
    const jar: CookieJar = {};
    await ask(jar, { action: 'callback', method: 'POST', body: { login: 'dora', password, csrfToken: 'x' } });
    expect(jar['next-auth.session-token']).toBeUndefined();
  });

  it('gives the same answer to an unknown name, a wrong password, a disabled user and one without a password', async () => {
    await makeUserWithPassword('erin');
    await world.db.user.create({ data: { login: 'frank', name: 'F', role: 'customer' } });
    const id = await makeUserWithPassword('grace');
    await world.db.user.update({ where: { id }, data: { disabled: true } });
    const answers = [
      await signInAs('nobody-of-this-name'),
      await signInAs('erin', 'wrong'),
      await signInAs('frank'),
      await signInAs('grace'),
      await signInAs("' OR 1=1 --"),
    ];
    for (const answer of answers) expect([answer.cookie, answer.error]).toEqual(['', 'CredentialsSignin']);
    const where = { targetId: id, action: 'session.signIn', outcome: 'failed' };
    expect(await world.db.auditEntry.count({ where })).toBe(1);
  });

  it('writes no password and no unknown name into the audit', async () => {
    await signInAs('hunter2-typed-as-name', 'hunter2-typed-as-password');
    const rows = await world.db.auditEntry.findMany();
    expect(JSON.stringify(rows)).not.toContain('hunter2');
  });

  it('tells the browser of a session only while it is open', async () => {
    await makeUserWithPassword('heidi');
    const { jar } = await signInAs('heidi');
    expect((await ask(jar, { action: 'session' })).body).toMatchObject({ user: { name: 'heidi' } });
    await world.db.session.updateMany({ data: { endedAt: new Date() }, where: { user: { login: 'heidi' } } });
    expect((await ask(jar, { action: 'session' })).body).not.toHaveProperty('user');
  });
});

describe('an actor', () => {
  it('is nobody without a cookie, with a forged one, or with one of another secret', async () => {
    const { userId: sub, sessionId: sid } = world.alice.actor;
    const foreign = await cookieOf({ sub, sid }, 'another secret of at least 32 bytes');
    const unsigned = `next-auth.session-token=${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from(JSON.stringify({ sub, sid })).toString('base64url')}.`;
    for (const cookie of [
      '',
      'next-auth.session-token=',
      'x=y',
      foreign,
      unsigned,
      world.alice.cookie.slice(0, -9),
    ])
      expect(await actorOf(cookie)).toBeNull();
    expect(await actorOf(world.alice.cookie)).not.toBeNull();
  });

  it("is not another user by another's session", async () => {
    const mixed = { sub: world.bob.actor.userId, sid: world.alice.actor.sessionId };
    expect(await actorOf(await cookieOf(mixed))).toBeNull();
    expect(await actorOf(await cookieOf({ sub: mixed.sub }))).toBeNull();
    expect(await actorOf(await cookieOf({ ...mixed, sid: 'x' }))).toBeNull();
  });

  it('is found in a cookie of several chunks, in any order', async () => {
    const token = world.alice.cookie.split('=')[1] ?? '';
    const [a, b, c] = [token.slice(0, 90), token.slice(90, 180), token.slice(180)];
    const name = 'next-auth.session-token';
    expect(await actorOf(`${name}.2=${c}; other=1; ${name}.0=${a}; ${name}.1=${b}`)).toMatchObject({
      login: 'alice',
    });
  });

  it('is read from the secure cookie alone where the console is https', async () => {
    const options = { db: world.db, secret, address: null, secure: true };
    expect(await actorFromCookies(world.alice.cookie, options)).toBeNull();
    expect(await actorFromCookies(`__Secure-${world.alice.cookie}`, options)).toMatchObject({
      login: 'alice',
    });
  });

  it('ends when the session expires', async () => {
    const { cookie, actor } = await again(world.alice);
    await world.db.session.update({ where: { id: actor.sessionId }, data: { expiresAt: new Date() } });
    expect(await actorOf(cookie)).toBeNull();
  });

  it('ends on all browsers when the user is disabled, and stays ended when enabled again', async () => {
    const [one, two] = [await again(world.bob), await again(world.bob)];
    const id = world.bob.actor.userId;
    await updateUser(world.operator.ctx, { id, disabled: true });
    expect([await actorOf(one.cookie), await actorOf(two.cookie)]).toEqual([null, null]);
    await updateUser(world.operator.ctx, { id, disabled: false });
    expect([await actorOf(one.cookie), await actorOf(two.cookie)]).toEqual([null, null]);
  });

  it('is nobody while the user is disabled, even if a session were left open', async () => {
    const { cookie, actor } = await again(world.bob);
    const disable = (disabled: boolean) =>
      world.db.user.update({ where: { id: actor.userId }, data: { disabled } });
    await disable(true);
    expect(await actorOf(cookie)).toBeNull();
    await disable(false);
  });

  it('has the role of this moment, not that of the sign-in', async () => {
    const { user } = await createUser(world.operator.ctx, { login: 'ivan', name: 'Ivan', role: 'operator' });
    const ivan = await openSession(world.db, {
      userId: user.id,
      login: 'ivan',
      name: 'Ivan',
      role: 'operator',
    });
    expect(await actorOf(ivan.cookie)).toMatchObject({ role: 'operator' });
    await updateUser(world.operator.ctx, { id: user.id, role: 'customer' });
    expect(await actorOf(ivan.cookie)).toMatchObject({ role: 'customer' });
  });
});

describe('a new password', () => {
  it('that is changed ends the other sessions and keeps the own', async () => {
    const userId = await makeUserWithPassword('judy');
    const judy = { userId, login: 'judy', name: 'judy', role: 'customer' as const };
    const [own, other] = [await openSession(world.db, judy), await openSession(world.db, judy)];
    await expect(
      changePassword(own.ctx, { current: 'wrong', next: 'a new long password' }),
    ).rejects.toMatchObject({
      code: 'invalid',
    });
    expect(await actorOf(other.cookie)).not.toBeNull();
    await changePassword(own.ctx, { current: password, next: 'a new long password' });
    expect(await actorOf(own.cookie)).not.toBeNull();
    expect(await actorOf(other.cookie)).toBeNull();
    expect((await signInAs('judy')).error).toBe('CredentialsSignin');
    expect((await signInAs('judy', 'a new long password')).error).toBeNull();
  });

  it('cannot be guessed through a borrowed session', async () => {
    const userId = await makeUserWithPassword('kate');
    const { ctx } = await openSession(world.db, { userId, login: 'kate', name: 'kate', role: 'customer' });
    const attempt = (current: string) => changePassword(ctx, { current, next: 'a new long password' });
    for (let n = 0; n < 5; n += 1) await expect(attempt('wrong')).rejects.toMatchObject({ code: 'invalid' });
    await expect(attempt(password)).rejects.toMatchObject({ code: 'forbidden' });
  });

  const tokenOf = (url: string) => url.split('/').at(-1) ?? '';

  it('is set with a link that works once and ends all sessions', async () => {
    const { user, link } = await createUser(world.operator.ctx, {
      login: 'leo',
      name: 'Leo',
      role: 'customer',
    });
    expect(user.hasPassword).toBe(false);
    const token = tokenOf(link.url);
    expect(await getPasswordLink(nobody(world.db), { token })).toEqual({
      firstOperator: false,
      login: 'leo',
    });
    const open = await openSession(world.db, {
      userId: user.id,
      login: 'leo',
      name: 'Leo',
      role: 'customer',
    });
    const uses = await Promise.allSettled(
      [1, 2, 3].map(() => setPassword(nobody(world.db), { token, password })),
    );
    expect(uses.filter((use) => use.status === 'fulfilled')).toHaveLength(1);
    expect(await actorOf(open.cookie)).toBeNull();
    expect((await signInAs('leo')).error).toBeNull();
    await expect(getPasswordLink(nobody(world.db), { token })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is not set with a link that is old, replaced or of a disabled user', async () => {
    const { user, link } = await createUser(world.operator.ctx, {
      login: 'mia',
      name: 'Mia',
      role: 'customer',
    });
    const newer = await makePasswordLink(world.operator.ctx, { id: user.id });
    const set = (url: string) => setPassword(nobody(world.db), { token: tokenOf(url), password });
    await expect(set(link.url)).rejects.toMatchObject({ code: 'not_found' });
    await world.db.user.update({ where: { id: user.id }, data: { disabled: true } });
    await expect(set(newer.url)).rejects.toMatchObject({ code: 'not_found' });
    await world.db.user.update({ where: { id: user.id }, data: { disabled: false } });
    await world.db.passwordLink.updateMany({ where: { userId: user.id }, data: { expiresAt: new Date() } });
    await expect(set(newer.url)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('comes with a sign-in name for the first operator, and only for them', async () => {
    const { user } = await createUser(world.operator.ctx, {
      login: 'operator',
      name: 'Operator',
      role: 'operator',
    });
    await world.db.passwordLink.updateMany({ where: { userId: user.id }, data: { choosesLogin: true } });
    const link = await makePasswordLink(world.operator.ctx, { id: user.id });
    const token = tokenOf(link.url);
    expect(await getPasswordLink(nobody(world.db), { token })).toEqual({ firstOperator: true, login: null });
    const set = (login?: string) => setPassword(nobody(world.db), { token, password, login, name: 'Nina' });
    await expect(set()).rejects.toMatchObject({ code: 'invalid' });
    await expect(set('alice')).rejects.toMatchObject({ code: 'invalid' });
    await set('nina');
    expect((await signInAs('nina')).error).toBeNull();
    const other = await createUser(world.operator.ctx, { login: 'otto', name: 'Otto', role: 'customer' });
    await setPassword(nobody(world.db), {
      token: tokenOf(other.link.url),
      password,
      login: 'root',
      name: 'Root',
    });
    expect(await world.db.user.findUnique({ where: { id: other.user.id } })).toMatchObject({
      login: 'otto',
      name: 'Otto',
    });
  });
});

describe('guessing passwords', () => {
  it('has to wait after five failures, even with the right password, but only from that address', async () => {
    await makeUserWithPassword('pat');
    const from = '203.0.113.1';
    for (let n = 0; n < 5; n += 1)
      expect((await signInAs('pat', 'wrong', from)).error).toBe('CredentialsSignin');
    expect((await signInAs('pat', password, from)).error).toMatch(/^TooManyAttempts:1[45]$/);
    expect((await signInAs('pat', password, '203.0.113.2')).error).toBeNull();
  });

  it('is counted also when many try at the same moment', async () => {
    await makeUserWithPassword('quinn');
    const tries = await Promise.all(
      Array.from({ length: 12 }, () => signInAs('quinn', 'wrong', '203.0.113.3')),
    );
    expect(tries.filter((attempt) => attempt.error === 'CredentialsSignin').length).toBeLessThanOrEqual(5);
  });

  it('is forgotten after a success, for that name alone', async () => {
    await makeUserWithPassword('rosa');
    const from = '203.0.113.4';
    for (let n = 0; n < 4; n += 1) await signInAs('rosa', 'wrong', from);
    expect((await signInAs('rosa', password, from)).error).toBeNull();
    for (let n = 0; n < 4; n += 1) await signInAs('rosa', 'wrong', from);
    expect((await signInAs('rosa', password, from)).error).toBeNull();
  });

  it('over many names is limited by address, and an own account does not reset that', async () => {
    await makeUserWithPassword('sam');
    const from = '203.0.113.5';
    for (let n = 0; n < 29; n += 1) await signInAs(`name${n}`, 'wrong', from);
    expect((await signInAs('sam', password, from)).error).toBeNull();
    expect((await signInAs('name30', 'wrong', from)).error).toBe('CredentialsSignin');
    expect((await signInAs('sam', password, from)).error).toMatch(/^TooManyAttempts:/);
  });

  it('is counted for all addresses of an IPv6 network together, and for that network alone', async () => {
    await makeUserWithPassword('tess');
    for (let n = 0; n < 5; n += 1) await signInAs('tess', 'wrong', `2001:db8:0:1::${n}`);
    expect((await signInAs('tess', password, '2001:db8:0:1:ffff::9')).error).toMatch(/^TooManyAttempts:/);
    expect((await signInAs('tess', password, '2001:db8:0:2::1')).error).toBeNull();
  });
});

describe('what was refused', () => {
  const rowsOf = async (where: { address?: string; actorId?: string }) =>
    (await world.db.auditEntry.findMany({ where, orderBy: { id: 'asc' } })).map(
      (row) => `${row.action} ${row.outcome}`,
    );

  it('is in the audit: sign-ins beyond the limit, once a minute', async () => {
    const address = '203.0.113.21';
    for (let n = 0; n < 9; n += 1) await signInAs('uma', 'wrong', address);
    expect(await rowsOf({ address })).toEqual([
      ...Array.from({ length: 5 }, () => 'session.signIn failed'),
      'session.signIn refused',
    ]);
  });

  it('is in the audit: a wrong current password, and guessing it', async () => {
    const userId = await makeUserWithPassword('vera');
    const role = 'customer' as const;
    const { ctx } = await openSession(world.db, { userId, login: 'vera', name: 'Vera', role });
    for (let n = 0; n < 8; n += 1)
      await changePassword(ctx, { current: 'wrong', next: 'a new long password' }).catch(() => {});
    expect(await rowsOf({ actorId: userId })).toEqual(['password.change failed', 'password.change refused']);
  });

  it('is in the audit: one-time links that are none, once a minute', async () => {
    const address = '203.0.113.22';
    const ctx = { ...nobody(world.db), address };
    for (let n = 0; n < 3; n += 1) {
      await expect(getPasswordLink(ctx, { token: `guess-${n}` })).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(setPassword(ctx, { token: `guess-${n}`, password })).rejects.toMatchObject({
        code: 'not_found',
      });
    }
    expect(await rowsOf({ address })).toEqual(['password.set failed']);
  });

  it('is in the audit once a minute for one who asks again and again, and always answered', async () => {
    const { ctx, actor } = await again(world.alice);
    const tries = Array.from({ length: 5 }, () => updateUser(ctx, { id: actor.userId, role: 'operator' }));
    for (const attempt of await Promise.allSettled(tries))
      expect(attempt).toMatchObject({ status: 'rejected', reason: { code: 'forbidden' } });
    const rows = await rowsOf({ actorId: actor.userId });
    expect(rows.filter((row) => row === 'user.update refused')).toHaveLength(1);
  });
});
