import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findListeningPort, parseListening } from './listening-port';

it('reads which sockets listen, of both families', () => {
  const table = readFileSync(join(import.meta.dirname, 'fixtures', 'net-tcp.txt'), 'utf8');
  expect(parseListening(table)).toEqual([
    { port: 2024, inode: '1681' },
    { port: 42583, inode: '3560270' },
    { port: 40001, inode: '3561477' },
  ]);
});

it('finds the port of a process, and none where it listens on nothing', async () => {
  expect(await findListeningPort(2 ** 22)).toBeNull();
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  expect(await findListeningPort(process.pid)).toBeGreaterThan(0);
  await new Promise((resolve) => server.close(resolve));
});
