import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRelayWorld, type RelayWorld, type SignedIn } from './testing/relay-world';
import { issueTicket, redeemTicket, ticketLifetimeMs } from './tickets';

let world: RelayWorld;
let ada: SignedIn;
let instanceId: string;

beforeAll(async () => {
  world = await createRelayWorld();
  const userId = await world.makeUser();
  ada = await world.signIn(userId);
  instanceId = await world.makeInstance(userId);
});

afterAll(() => world.close());

function redeem(ticket: string, { actor }: SignedIn = ada, now = new Date()) {
  return redeemTicket(world.db, { ticket, sessionId: actor.sessionId, userId: actor.userId, now });
}

describe('a console ticket', () => {
  it('says where to go, for half a minute, and is not stored', async () => {
    const issued = await world.db.$transaction((tx) =>
      issueTicket(tx, { actor: ada.actor, instanceId, kind: 'screen' }),
    );
    expect(issued).toMatchObject({ path: '/ws/console' });
    expect(Buffer.from(issued.ticket, 'base64url')).toHaveLength(32);
    const left = new Date(issued.expiresAt).getTime() - Date.now();
    expect(left).toBeLessThanOrEqual(30_000);
    const stored = JSON.stringify(await world.db.consoleTicket.findMany());
    expect(stored).not.toContain(issued.ticket);
  });

  it('opens what it was made for', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId, 'serial');
    expect(await redeem(ticket)).toEqual({ instanceId, kind: 'serial' });
  });

  it('is good once, also for many at the same time', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    const answers = await Promise.all(Array.from({ length: 20 }, () => redeem(ticket)));
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await redeem(ticket)).toBeNull();
  });

  it('is no good when it has expired', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    expect(await redeem(ticket, ada, new Date(Date.now() + ticketLifetimeMs + 1))).toBeNull();
  });

  it('is no good for another session, even of the same user, and is not used up by the attempt', async () => {
    const ticket = await world.ticketFor(ada.actor, instanceId);
    expect(await redeem(ticket, await world.signIn(ada.actor.userId))).toBeNull();
    expect(await redeem(ticket, await world.signIn(await world.makeUser()))).toBeNull();
    expect(await redeem(ticket)).not.toBeNull();
  });

  it('is no good when it was made up', async () => {
    expect(await redeem('')).toBeNull();
    expect(await redeem("' OR 1=1 --")).toBeNull();
  });
});
