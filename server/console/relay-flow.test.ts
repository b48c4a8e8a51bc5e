import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { WebSocket } from 'ws';
import { consoleCloseCodes } from '@/contract/console';
import { endSessions } from '../auth/sessions';
import { publish } from '../events/publish';
import { highWaterBytes } from './join-console';
import type { ConsoleRelayOptions } from './relay';
import {
  closeOf,
  createRelayWorld,
  type OpenedConsole,
  type RelayWorld,
  type SignedIn,
} from './testing/relay-world';

const MiB = 1024 * 1024;
const patience = { timeout: 10_000 };

let world: RelayWorld;
let ada: SignedIn;
let instanceId: string;

beforeEach(() => start());
afterEach(() => world.close());

async function start(timings: ConsoleRelayOptions['timings'] = {}): Promise<void> {
  world = await createRelayWorld(timings);
  const userId = await world.makeUser();
  ada = await world.signIn(userId);
  instanceId = await world.makeInstance(userId);
}

async function restart(timings: ConsoleRelayOptions['timings']): Promise<void> {
  await world.close();
  await start(timings);
}

async function open(who = ada): Promise<{ ws: WebSocket; console: OpenedConsole; closed: Promise<number> }> {
  const ws = await world.open(who, instanceId);
  const console = world.opened.at(-1);
  if (!console) throw new Error('no console was opened');
  return { ws, console, closed: closeOf(ws) };
}

describe('bytes through the relay', () => {
  it('arrive unchanged both ways, eight MiB each', async () => {
    const { ws, console } = await open();
    console.far.pipe(console.far);
    const sent = randomBytes(8 * MiB);
    const received = createHash('sha256');
    let count = 0;
    const all = new Promise<void>((resolve) => {
      ws.on('message', (data: Buffer) => {
        received.update(data);
        count += data.length;
        if (count >= sent.length) resolve();
      });
    });
    for (let at = 0; at < sent.length; at += 48_000) ws.send(sent.subarray(at, at + 48_000));
    await all;
    expect(count).toBe(sent.length);
    expect(received.digest('hex')).toBe(createHash('sha256').update(sent).digest('hex'));
  });

  it('arrive also when the machine speaks before the browser is connected', async () => {
    const spoken = 'RFB 003.008\n';
    const { ws, console } = await open();
    const heard = new Promise((resolve) => ws.once('message', (data: Buffer) => resolve(data.toString())));
    console.far.write(spoken);
    expect(await heard).toBe(spoken);
  });

  it('wait at the machine while a browser does not read, and arrive when it does', async () => {
    const { ws, console } = await open();
    const [socket] = world.sockets;
    const chunk = Buffer.alloc(64 * 1024, 'x');
    const total = 64 * MiB;
    let produced = 0;
    let most = 0;
    ws.pause();
    const source = new Readable({
      read() {
        most = Math.max(most, socket?.writableLength ?? 0);
        if (produced >= total) return void this.push(null);
        produced += chunk.length;
        this.push(chunk);
      },
    });
    source.pipe(console.far, { end: false });
    await expect
      .poll(() => console.near.isPaused() && (socket?.writableLength ?? 0) > 0, patience)
      .toBe(true);
    // A frame header goes with each chunk.
    expect(most).toBeLessThanOrEqual(highWaterBytes + chunk.length + 64);
    expect(produced).toBeLessThan(total / 2);

    let received = 0;
    const all = new Promise<void>((resolve) => {
      ws.on('message', (data: Buffer) => {
        received += data.length;
        if (received === total) resolve();
      });
    });
    ws.resume();
    await all;
    expect(most).toBeLessThanOrEqual(highWaterBytes + chunk.length + 64);
  });

  it('wait at the browser while a machine does not read', async () => {
    const { ws, console } = await open();
    const [socket] = world.sockets;
    for (let n = 0; n < 1024; n += 1) ws.send(Buffer.alloc(32 * 1024));
    await expect.poll(() => socket?.isPaused(), patience).toBe(true);
    expect(console.near.writableLength).toBeLessThan(MiB);
    expect(ws.bufferedAmount).toBeGreaterThan(8 * MiB);
    ws.terminate();
  });

  it('are refused in messages larger than 64 KiB', async () => {
    const { ws, console, closed } = await open();
    ws.send(Buffer.alloc(64 * 1024 + 1));
    expect(await closed).toBe(1009);
    await expect.poll(() => console.near.destroyed, patience).toBe(true);
  });

  it('reach the machine although the browser leaves right after sending them', async () => {
    const { ws, console } = await open();
    const heard: Buffer[] = [];
    console.far.on('data', (data: Buffer) => heard.push(data));
    ws.send('reboot\n');
    ws.close();
    await expect.poll(() => Buffer.concat(heard).toString(), patience).toBe('reboot\n');
  });
});

describe('an open console is closed', () => {
  const user = () => ({ kind: 'user', id: ada.actor.userId }) as const;
  const instance = () => ({ kind: 'instance', id: instanceId }) as const;
  const { userId } = { userId: () => ada.actor.userId };

  it.each([
    [
      'its session ends',
      consoleCloseCodes.sessionEnded,
      () => endSessions(world.db, { userId: userId(), only: ada.actor.sessionId }),
    ],
    [
      'the password was changed',
      consoleCloseCodes.sessionEnded,
      () => endSessions(world.db, { userId: userId() }),
    ],
    [
      'its user is disabled',
      consoleCloseCodes.sessionEnded,
      async () => {
        await world.db.user.update({ where: { id: userId() }, data: { disabled: true } });
        await publish(world.db, user());
      },
    ],
    [
      'the instance gets another owner',
      consoleCloseCodes.rightLost,
      async () => {
        await world.db.instance.update({
          where: { id: instanceId },
          data: { ownerId: await world.makeUser() },
        });
        await publish(world.db, instance());
      },
    ],
    [
      'the instance is removed',
      consoleCloseCodes.instanceGone,
      async () => {
        await world.db.instance.delete({ where: { id: instanceId } });
        await publish(world.db, instance());
      },
    ],
    [
      'its session expires, which nobody announces',
      consoleCloseCodes.sessionEnded,
      async () => {
        await world.db.session.update({
          where: { id: ada.actor.sessionId },
          data: { expiresAt: new Date() },
        });
      },
    ],
    [
      'the right is lost and nobody says so',
      consoleCloseCodes.rightLost,
      async () => {
        await world.db.instance.update({ where: { id: instanceId }, data: { ownerId: null } });
      },
    ],
  ])('when %s', async (_, code, change) => {
    const { console, closed } = await open();
    await change();
    expect(await closed).toBe(code);
    expect(console.near.destroyed).toBe(true);
    await expect.poll(() => world.relay.count(), patience).toBe(0);
  });

  it('when an operator becomes a customer', async () => {
    const operator = await world.signIn(await world.makeUser('operator'));
    const { closed } = await open(operator);
    await world.db.user.update({ where: { id: operator.actor.userId }, data: { role: 'customer' } });
    await publish(world.db, { kind: 'user', id: operator.actor.userId });
    expect(await closed).toBe(consoleCloseCodes.rightLost);
  });

  it('when the right was lost while the node was opening it', async () => {
    await restart({ recheckMs: 3_600_000 });
    world.node.whileOpening = async () => {
      await world.db.instance.update({ where: { id: instanceId }, data: { ownerId: null } });
    };
    const ws = world.connect({ cookie: ada.cookie, ticket: await world.ticketFor(ada.actor, instanceId) });
    expect(await closeOf(ws)).toBe(consoleCloseCodes.rightLost);
  });

  it('when the browser left while the node was opening it', async () => {
    world.node.whileOpening = async () => {
      const [client] = world.clients;
      const closed = client && closeOf(client);
      client?.on('error', () => {}).terminate();
      await closed;
    };
    world.connect({ cookie: ada.cookie, ticket: await world.ticketFor(ada.actor, instanceId) });
    await expect.poll(() => world.opened[0]?.near.destroyed, patience).toBe(true);
    await expect.poll(() => world.relay.count(), patience).toBe(0);
  });

  it('although the browser reads nothing and answers nothing', async () => {
    const { ws, console } = await open();
    ws.pause();
    const flood = new Readable({
      read() {
        this.push(Buffer.alloc(64 * 1024));
      },
    });
    flood.pipe(console.far);
    const [socket] = world.sockets;
    await expect
      .poll(() => console.near.isPaused() && (socket?.writableLength ?? 0) > 0, patience)
      .toBe(true);
    await endSessions(world.db, { userId: ada.actor.userId });
    await expect.poll(() => socket?.destroyed, patience).toBe(true);
    expect(console.near.destroyed).toBe(true);
    flood.destroy();
  });

  it('when the machine stops', async () => {
    const { console, closed } = await open();
    console.far.end('bye');
    expect(await closed).toBe(consoleCloseCodes.consoleEnded);
    await expect.poll(() => console.near.destroyed, patience).toBe(true);
  });

  it('when the node is lost', async () => {
    const { console, closed } = await open();
    console.near.destroy(new Error('ECONNRESET'));
    expect(await closed).toBe(consoleCloseCodes.consoleEnded);
  });

  it('when the control plane stops, and no other is opened then', async () => {
    const { closed } = await open();
    await world.relay.close();
    expect(await closed).toBe(consoleCloseCodes.goingAway);
    await world.relay.close();
    await expect(world.open(ada, instanceId)).rejects.toThrow('503');
  });

  it('when the browser is gone without a word', async () => {
    await restart({ pingMs: 50 });
    const ticket = await world.ticketFor(ada.actor, instanceId);
    const ws = world.connect({ cookie: ada.cookie, ticket }, { autoPong: false });
    expect(await closeOf(ws)).toBe(1006);
    await expect.poll(() => world.opened[0]?.near.destroyed, patience).toBe(true);
  });

  it('but stays open for another session of the same user, and while nothing was lost', async () => {
    const other = await world.signIn(ada.actor.userId);
    const { console, ws } = await open(other);
    const { closed } = await open();
    await endSessions(world.db, { userId: ada.actor.userId, except: other.actor.sessionId });
    await closed;
    await publish(world.db, instance());
    console.far.write('still here');
    expect(
      await new Promise((resolve) => ws.once('message', (data: Buffer) => resolve(data.toString()))),
    ).toBe('still here');
  });

  it('and leaves no connection, console or listener behind', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { ws, closed } = await open();
      ws.close();
      await closed;
    }
    await expect.poll(() => world.relay.count(), patience).toBe(0);
    await expect.poll(() => world.opened.every(({ near }) => near.destroyed), patience).toBe(true);
    await expect.poll(() => world.sockets.every((socket) => socket.destroyed), patience).toBe(true);
    expect(world.sockets.flatMap((socket) => socket.listeners('drain'))).toEqual([]);
    expect(world.errors).toEqual([]);
  });
});
