import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { consoleProtocol } from '@/contract/paths';
import { endSessions } from '../auth/sessions';
import { openLimits } from './open-limits';
import { closeOf, createRelayWorld, outcomeOf, type RelayWorld, type SignedIn } from './testing/relay-world';

let world: RelayWorld;
let ada: SignedIn;
let instanceId: string;

beforeAll(async () => {
  world = await createRelayWorld();
});

afterAll(() => world.close());

beforeEach(async () => {
  const userId = await world.makeUser();
  ada = await world.signIn(userId);
  instanceId = await world.makeInstance(userId);
});

afterEach(async () => {
  for (const client of world.clients.splice(0)) client.terminate();
  await expect.poll(() => world.relay.count()).toBe(0);
  world.opened.length = 0;
  world.sockets.length = 0;
});

async function tryWith(change: Partial<Parameters<RelayWorld['connect']>[0]> = {}): Promise<number> {
  const ticket = await world.ticketFor(ada.actor, instanceId);
  return outcomeOf(world.connect({ cookie: ada.cookie, ticket, ...change }));
}

describe('the gate of the console relay', () => {
  it('opens the console that the ticket is for, on its node, and speaks our protocol', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId, 'serial');
    const ws = world.connect({ cookie: ada.cookie, ticket });
    expect(await outcomeOf(ws)).toBe(101);
    expect(ws.protocol).toBe(consoleProtocol);
    expect(world.opened).toMatchObject([{ instanceId, kind: 'serial', node: { address: '127.0.0.1:1' } }]);
  });

  it('lets an operator open any instance, also one without an owner', async () => {
    const operator = await world.signIn(await world.makeUser('operator'));
    const orphan = await world.makeInstance(null);
    for (const id of [instanceId, orphan]) expect(await world.open(operator, id)).toBeDefined();
  });

  const refused: [string, number, () => Promise<number>][] = [
    ['without a cookie', 401, () => tryWith({ cookie: undefined })],
    ['with a cookie that was made up', 401, () => tryWith({ cookie: 'next-auth.session-token=abc' })],
    ['from another origin', 403, () => tryWith({ origin: 'https://evil.test' })],
    ['from a sub-domain', 403, () => tryWith({ origin: 'https://a.corral.test' })],
    ['from our name without TLS', 403, () => tryWith({ origin: 'http://corral.test' })],
    ['from nowhere in particular', 403, () => tryWith({ origin: 'null' })],
    ['without an origin', 403, () => tryWith({ origin: null })],
    ['without a ticket', 403, () => tryWith({ protocols: [consoleProtocol] })],
    ['without our protocol', 403, () => tryWith({ protocols: ['ticket.abc'] })],
    ['with two tickets', 403, () => tryWith({ protocols: [consoleProtocol, 'ticket.a', 'ticket.b'] })],
    ['with a ticket that was made up', 403, () => tryWith({ ticket: 'abc' })],
    ['on another path', 404, () => tryWith({ path: '/ws/consoles' })],
    ['on the root', 404, () => tryWith({ path: '/' })],
  ];
  it.each(refused)('refuses %s with %i', async (_, status, attempt) => {
    expect(await attempt()).toBe(status);
    expect(world.opened).toEqual([]);
  });

  it('refuses the ticket of another session, of this user or of another', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    const again = await world.signIn(ada.actor.userId);
    const eve = await world.signIn(await world.makeUser());
    for (const { cookie } of [again, eve]) expect(await tryWith({ ticket, cookie })).toBe(403);
    expect(world.opened).toEqual([]);
  });

  it("refuses another tenant's instance like one that does not exist, even with a ticket", async () => {
    const eve = await world.signIn(await world.makeUser());
    const ticket = await world.ticketFor(eve.actor, instanceId);
    expect(await tryWith({ ticket, cookie: eve.cookie })).toBe(404);
    expect(world.opened).toEqual([]);
  });

  it('refuses a ticket that was used, also while it is being used', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    const outcomes = await Promise.all([1, 2, 3, 4].map(() => tryWith({ ticket })));
    expect(outcomes.sort()).toEqual([101, 403, 403, 403]);
    expect(await tryWith({ ticket })).toBe(403);
    expect(world.opened).toHaveLength(1);
  });

  it('refuses a ticket after 30 seconds', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    await world.db.consoleTicket.updateMany({
      where: { instanceId },
      data: { expiresAt: new Date(Date.now() - 1) },
    });
    expect(await tryWith({ ticket })).toBe(403);
  });

  it('opens the kind that the ticket names, whatever else is asked', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId, 'screen');
    expect(await tryWith({ ticket, path: '/ws/console?kind=serial' })).toBe(101);
    expect(world.opened[0]?.kind).toBe('screen');
  });

  it.each([
    ['signed out', 401, () => endSessions(world.db, { userId: ada.actor.userId, only: ada.actor.sessionId })],
    ['a password change elsewhere', 401, () => endSessions(world.db, { userId: ada.actor.userId })],
    ['being disabled', 401, () => changeUser({ disabled: true })],
    ['the instance got another owner', 404, async () => changeInstance({ ownerId: await world.makeUser() })],
    ['the instance got no owner', 404, () => changeInstance({ ownerId: null })],
    ['the instance was removed and made again', 403, removeAndMakeAgain],
  ])('refuses a ticket after %s with %i', async (_, status, change) => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    await change();
    expect(await tryWithTicket(ticket)).toBe(status);
    expect(world.opened).toEqual([]);
  });

  it('refuses one who is no operator any more', async () => {
    const operator = await world.signIn(await world.makeUser('operator'));
    const ticket = await world.ticketFor(operator.actor, instanceId);
    await world.db.user.update({ where: { id: operator.actor.userId }, data: { role: 'customer' } });
    expect(await tryWith({ ticket, cookie: operator.cookie })).toBe(404);
  });

  it('refuses an instance that is not on a node', async () => {
    const unplaced = await world.makeInstance(ada.actor.userId, false);
    expect(await tryWith({ ticket: await world.ticketFor(ada.actor, unplaced) })).toBe(409);
  });

  it.each([
    ['does not answer', 502, new AppError('unavailable', 'connect ECONNREFUSED 10.0.0.1')],
    ['has no console open', 409, new AppError('wrong_state', 'not running')],
    ['breaks', 502, new Error('boom')],
  ])('refuses when the node %s, without telling its address', async (_, status, error) => {
    world.node.fails = error;
    expect(await tryWith()).toBe(status);
    world.node.fails = null;
  });

  it('closes the connection after a refusal', async () => {
    expect(await tryWith({ path: '/ws/other' })).toBe(404);
    await expect.poll(() => world.sockets.every((socket) => socket.destroyed)).toBe(true);
  });

  it('lets one user have twenty at once, and another one when one is closed', async () => {
    const open = await Promise.all(
      Array.from({ length: openLimits.atOnce }, () => world.open(ada, instanceId)),
    );
    expect(await tryWith()).toBe(409);
    const [first] = open;
    const closed = first && closeOf(first);
    first?.close();
    await closed;
    await expect.poll(() => world.relay.count()).toBe(openLimits.atOnce - 1);
    expect(await tryWith()).toBe(101);
  });

  it('writes openings, closings and refusals into the audit, and no secret', async () => {
    const ws = await world.open(ada, instanceId);
    ws.close();
    await expect.poll(() => auditOf(ada)).toHaveLength(2);
    const ticket = await world.ticketFor(ada.actor, instanceId);
    await changeInstance({ ownerId: null });
    expect(await tryWithTicket(ticket)).toBe(404);
    const rows = await auditOf(ada);
    expect(rows).toMatchObject([
      {
        action: 'console.open',
        outcome: 'done',
        targetId: instanceId,
        ownerId: ada.actor.userId,
        details: { kind: 'screen' },
      },
      {
        action: 'console.close',
        outcome: 'done',
        targetId: instanceId,
        details: { kind: 'screen', code: 1005 },
      },
      {
        action: 'console.open',
        outcome: 'refused',
        targetId: instanceId,
        targetName: null,
        details: { code: 'not_found' },
      },
    ]);
    expect(JSON.stringify(rows)).not.toContain(ticket);
  });

  it('writes one row for what it refused again and again, also of those who are not signed in', async () => {
    const refusals = async () => {
      const where = { action: 'console.open', actorId: null, address: { startsWith: '198.51.100.' } };
      return (await world.db.auditEntry.findMany({ where })).map((row) => row.address);
    };
    for (const change of [{ origin: 'https://evil.test' }, { cookie: undefined }])
      for (let n = 0; n < 3; n += 1) await tryWith({ ...change, address: '198.51.100.1' });
    await tryWith({ cookie: undefined, address: '198.51.100.2' });
    expect(await refusals()).toEqual(['198.51.100.1', '198.51.100.2']);
    for (let n = 0; n < 3; n += 1) await tryWith({ protocols: [consoleProtocol] });
    expect((await auditOf(ada)).map((row) => row.outcome)).toEqual(['refused']);
  });

  it('writes down whom it refused because too many were open', async () => {
    await Promise.all(Array.from({ length: openLimits.atOnce }, () => world.open(ada, instanceId)));
    expect(await tryWith()).toBe(409);
    const rows = await auditOf(ada);
    expect(rows.find((row) => row.outcome === 'refused')?.details).toEqual({ code: 'no_resources' });
  });

  it("closes the node's console when the browser asks for what is no WebSocket", async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    const socket = world.connect({ cookie: ada.cookie, ticket: 'x' });
    await outcomeOf(socket);
    const { port, host } = portOf(socket.url);
    const raw = request({
      port,
      host,
      path: '/ws/console',
      headers: {
        connection: 'upgrade',
        upgrade: 'websocket',
        origin: 'https://corral.test',
        cookie: ada.cookie,
        'sec-websocket-protocol': `${consoleProtocol}, ticket.${ticket}`,
        'sec-websocket-version': '13',
        'sec-websocket-key': 'too short',
      },
    });
    const status = await new Promise((resolve) =>
      raw.on('response', (response) => resolve(response.statusCode)).end(),
    );
    expect(status).toBe(400);
    raw.destroy();
    await expect.poll(() => world.opened[0]?.near.destroyed).toBe(true);
    expect(world.relay.count()).toBe(0);
  });
});

function tryWithTicket(ticket: string): Promise<number> {
  return outcomeOf(world.connect({ cookie: ada.cookie, ticket }));
}

async function changeUser(data: { disabled: boolean }): Promise<void> {
  await world.db.user.update({ where: { id: ada.actor.userId }, data });
}

async function changeInstance(data: { ownerId: string | null }): Promise<void> {
  await world.db.instance.update({ where: { id: instanceId }, data });
}

async function removeAndMakeAgain(): Promise<void> {
  const { name } = await world.db.instance.delete({ where: { id: instanceId } });
  const again = await world.makeInstance(ada.actor.userId);
  await world.db.instance.update({ where: { id: again }, data: { name } });
}

function auditOf({ actor }: SignedIn) {
  return world.db.auditEntry.findMany({ where: { actorId: actor.userId }, orderBy: { id: 'asc' } });
}

function portOf(url: string) {
  const { port, hostname } = new URL(url);
  return { port, host: hostname };
}
