import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { createConsoleConnection, retryDelayMs, type ConsoleConnection } from './console-connection';

/** A socket as far as a connection uses it; a test ends it with the code it likes. */
class FakeSocket extends EventTarget {
  isClosed = false;
  close() {
    this.isClosed = true;
  }
  end(code: number, reason = '') {
    this.dispatchEvent(Object.assign(new Event('close'), { code, reason }));
  }
}

const ticket = { ticket: 't', path: '/ws/console', expiresAt: '2026-01-01T00:00:00Z' };
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a console connection', () => {
  let sockets: FakeSocket[];
  let tickets: number;
  let refusal: Error | null;
  let pending: { run: () => void; delayMs: number } | null;
  let released: number;
  let nowMs: number;
  let ready: () => void;
  let connection: ConsoleConnection;

  beforeEach(() => {
    sockets = [];
    tickets = 0;
    refusal = null;
    pending = null;
    released = 0;
    nowMs = 1_000;
    connection = createConsoleConnection({
      requestTicket: async () => {
        tickets++;
        if (refusal) throw refusal;
        return ticket;
      },
      openSocket: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        // A fake stands for the browser's class; the connection uses only what it has.
        return socket as unknown as WebSocket;
      },
      attach: (_socket, becameReady) => {
        ready = becameReady;
        return () => released++;
      },
      later: (run, delayMs) => {
        pending = { run, delayMs };
        return () => (pending = null);
      },
      now: () => nowMs,
    });
  });

  const connect = async () => {
    connection.start();
    await settled();
    ready();
  };

  it('asks for a ticket and is open when what it shows is ready', async () => {
    connection.start();
    expect(connection.getState()).toEqual({ kind: 'connecting', attempt: 1 });
    await settled();
    expect(connection.getState().kind).toBe('connecting');
    ready();
    expect(connection.getState()).toEqual({ kind: 'open' });
  });

  it('comes back with a fresh ticket when the connection is lost', async () => {
    await connect();
    sockets[0]?.end(1006);
    expect(connection.getState()).toEqual({
      kind: 'retrying',
      attempt: 1,
      retryAtMs: 1_500,
      why: 'lost',
      detail: null,
    });
    expect(released).toBe(1);
    pending?.run();
    await settled();
    ready();
    expect(connection.getState()).toEqual({ kind: 'open' });
    expect(tickets).toBe(2);
  });

  it('waits longer after each failure, and starts over once it was open for a while', async () => {
    refusal = new AppError('unavailable', 'The node does not answer.');
    connection.start();
    await settled();
    expect(connection.getState()).toMatchObject({ attempt: 1, detail: 'The node does not answer.' });
    pending?.run();
    await settled();
    expect(pending).toMatchObject({ delayMs: 1_000 });
    refusal = null;
    pending?.run();
    await settled();
    ready();
    sockets[0]?.end(1011);
    expect(pending).toMatchObject({ delayMs: 2_000 });
    pending?.run();
    await settled();
    ready();
    nowMs += 60_000;
    sockets[1]?.end(1011);
    expect(pending).toMatchObject({ delayMs: 500 });
    expect(retryDelayMs(100)).toBe(15_000);
  });

  it('stays ended where trying again is of no use, until it is started again', async () => {
    await connect();
    sockets[0]?.end(4401);
    expect(connection.getState()).toEqual({ kind: 'ended', end: 'sessionEnded' });
    expect(pending).toBeNull();
    await connect();
    expect(connection.getState()).toEqual({ kind: 'open' });
  });

  it('tries again, saying why, when the machine ended the console', async () => {
    await connect();
    sockets[0]?.end(4410, 'The console has ended');
    expect(connection.getState()).toMatchObject({ kind: 'retrying', why: 'consoleEnded' });
    connection.stop();
    expect(pending).toBeNull();
  });

  it('ends when the ticket is refused for good', async () => {
    refusal = new AppError('forbidden', 'No.');
    connection.start();
    await settled();
    expect(connection.getState()).toEqual({ kind: 'ended', end: 'rightLost' });
  });

  it('closes its socket when stopped and ignores a ticket that comes too late', async () => {
    await connect();
    connection.stop();
    expect(sockets[0]?.isClosed).toBe(true);
    connection.start();
    connection.stop();
    await settled();
    expect(sockets).toHaveLength(1);
    expect(connection.getState()).toEqual({ kind: 'idle' });
  });
});
