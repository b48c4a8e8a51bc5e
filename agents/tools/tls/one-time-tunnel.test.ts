import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { enterTunnel, openTunnel } from './one-time-tunnel';

test('lets the one with the key through, and nobody after', async () => {
  const tunnel = await openTunnel('127.0.0.1');
  const mine = await enterTunnel(tunnel.door);
  const theirs = await tunnel.visitor;
  expect(mine.getProtocol()).toBe('TLSv1.2');
  mine.write('there');
  expect(String((await once(theirs, 'data'))[0])).toBe('there');
  theirs.write('back');
  expect(String((await once(mine, 'data'))[0])).toBe('back');
  await expect(enterTunnel(tunnel.door)).rejects.toMatchObject({ code: 'tool_failed' });
  mine.destroy();
  await once(theirs, 'close');
});

test('turns away who has another key or none, and still waits for the right one', async () => {
  const tunnel = await openTunnel('127.0.0.1');
  const wrong = enterTunnel({ ...tunnel.door, key: '0'.repeat(64) });
  await expect(wrong).rejects.toThrow('lets nobody in');
  const plain = connect({ host: '127.0.0.1', port: tunnel.door.port });
  plain.on('error', () => {});
  plain.end('GET / HTTP/1.0\r\n\r\n');
  await once(plain, 'close');
  const right = await enterTunnel(tunnel.door);
  const visitor = await tunnel.visitor;
  right.destroy();
  await once(visitor, 'close');
});

test('is closed by who opened it', async () => {
  const tunnel = await openTunnel('127.0.0.1');
  tunnel.close();
  await expect(tunnel.visitor).rejects.toMatchObject({ code: 'canceled' });
  await expect(enterTunnel(tunnel.door)).rejects.toMatchObject({ code: 'tool_failed' });
});
