import { createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { askServer, waitUntilReady, type Answer } from './answer';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Lets nobody in, for a reason that PostgreSQL has a code for: ErrorResponse in its wire protocol. */
async function refuseAllWith(code: string): Promise<string> {
  const fields = Buffer.from(`SFATAL\0C${code}\0Mnot now\0\0`);
  const length = Buffer.alloc(4);
  length.writeInt32BE(fields.length + length.length);
  const server = createServer((socket) => {
    socket.once('data', () => socket.end(Buffer.concat([Buffer.from('E'), length, fields])));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = address && typeof address === 'object' ? address.port : 0;
  return `postgresql://postgres:x@127.0.0.1:${port}/postgres`;
}

function inTurn(...answers: Answer[]): () => Promise<Answer> {
  return () => Promise.resolve(answers.shift() ?? 'none');
}

describe('a server that is asked', () => {
  const dataDirectory = '/nowhere';

  it('is starting while it recovers, and none when it refuses for another reason', async () => {
    expect(await askServer({ url: await refuseAllWith('57P03'), dataDirectory })).toBe('starting');
    expect(await askServer({ url: await refuseAllWith('28P01'), dataDirectory })).toBe('none');
  });

  it('is waited for while it recovers, however long that takes', async () => {
    const ask = inTurn('starting', 'starting', 'starting', 'ready');
    expect(await waitUntilReady({ ask, isAlive: () => true, timeoutMs: 0 })).toBe(true);
  });

  it('is given up when it does not answer in time, or has ended', async () => {
    const never = () => Promise.resolve('none' as const);
    expect(await waitUntilReady({ ask: never, isAlive: () => true, timeoutMs: 0 })).toBe(false);
    expect(await waitUntilReady({ ask: never, isAlive: () => false, timeoutMs: 60_000 })).toBe(false);
  });

  it('is not waited for any longer when the wait is called off', async () => {
    const stop = new AbortController();
    const ask = () => {
      stop.abort();
      return Promise.resolve('starting' as const);
    };
    const wait = waitUntilReady({ ask, isAlive: () => true, timeoutMs: 60_000, signal: stop.signal });
    await expect(wait).rejects.toThrow('aborted');
  });
});
