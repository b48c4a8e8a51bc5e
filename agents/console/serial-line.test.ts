// Against a stand-in for QEMU's side: a socket, and a log that gets each byte after the socket.
import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSerialLine, type SerialLine } from './serial-line';
import { historyBytes } from './serial-viewers';

let folder: string;
let logFile: string;
let socketPath: string;
let server: Server;
let client: Socket | null;
let heard: string;
let line: SerialLine;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'serial-'));
  logFile = join(folder, 'serial.log');
  socketPath = join(folder, 'serial.sock');
  heard = '';
  client = null;
  server = createServer((socket) => {
    client = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk) => (heard += chunk.toString()));
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  line = createSerialLine(logFile);
});
afterEach(async () => {
  await line.close();
  client?.destroy();
  server.close();
  await rm(folder, { recursive: true });
});

function guestSays(text: string | Buffer): void {
  client?.write(text);
  appendFileSync(logFile, text);
}

function watch(viewer: Duplex) {
  let seen = '';
  viewer.on('data', (chunk: Buffer) => (seen += chunk.toString()));
  return () => seen;
}

test('shows each viewer the whole history, then what comes, also across a new start', async () => {
  appendFileSync(logFile, 'first run\n');
  await line.load();
  appendFileSync(logFile, 'second run\n');
  await line.connect(socketPath);
  const early = watch(await line.open());
  guestSays('booting\n');
  await expect.poll(early).toBe('first run\nsecond run\nbooting\n');
  const late = watch(await line.open());
  client?.destroy();
  await line.disconnect();
  await line.load();
  appendFileSync(logFile, 'third run\n');
  await line.connect(socketPath);
  guestSays('again\n');
  const all = 'first run\nsecond run\nbooting\nthird run\nagain\n';
  await expect.poll(early).toBe(all);
  await expect.poll(late).toBe(all);
});

test('shows the history of a line that nobody writes to', async () => {
  appendFileSync(logFile, 'last words\n');
  await expect.poll(watch(await line.open())).toBe('last words\n');
});

test('gives what any viewer types to the guest', async () => {
  await line.connect(socketPath);
  const [one, other] = [await line.open(), await line.open()];
  one.write('a');
  await expect.poll(() => heard).toBe('a');
  other.write('b');
  await expect.poll(() => heard).toBe('ab');
});

test('cuts a viewer that does not read, while the guest and the others go on', async () => {
  await line.connect(socketPath);
  const stuck = await line.open();
  let bytes = 0;
  const reader = await line.open();
  reader.on('data', (chunk: Buffer) => (bytes += chunk.length));
  const flood = Buffer.alloc(historyBytes, 'x');
  for (let round = 1; round <= 6; round++) {
    guestSays(flood);
    await expect.poll(() => bytes).toBe(round * flood.length);
  }
  expect(stuck.destroyed).toBe(true);
  expect(reader.destroyed).toBe(false);
});

test('keeps the log small when the guest floods it', async () => {
  await line.connect(socketPath);
  const reader = await line.open();
  let bytes = 0;
  reader.on('data', (chunk: Buffer) => (bytes += chunk.length));
  for (let round = 1; round <= 12; round++) {
    guestSays(Buffer.alloc(historyBytes, 'x'));
    await expect.poll(() => bytes).toBe(round * historyBytes);
  }
  await expect.poll(async () => (await stat(logFile)).size).toBeLessThanOrEqual(1.5 * 1024 * 1024);
});

test('cuts a log that grew while no agent was there, and loses nothing that comes meanwhile', async () => {
  appendFileSync(logFile, Buffer.alloc(8 * historyBytes, 'x'));
  await line.load();
  appendFileSync(logFile, 'started ');
  await line.connect(socketPath);
  await expect.poll(async () => (await stat(logFile)).size).toBe(historyBytes);
  guestSays('again');
  const text = watch(await line.open());
  await expect.poll(text).toMatch(/^x+started again$/);
  await expect.poll(() => readFile(logFile, 'utf8')).toMatch(/^x+started again$/);
});

test('makes the log true again where QEMU wrote a byte twice', async () => {
  await line.connect(socketPath);
  const seen = watch(await line.open());
  guestSays('hello');
  appendFileSync(logFile, 'o');
  await expect.poll(seen).toBe('hello');
  await expect.poll(() => readFile(logFile, 'utf8'), { timeout: 5_000 }).toBe('hello');
});

test('ends its viewers when it closes', async () => {
  await line.connect(socketPath);
  const viewer = await line.open();
  await line.close();
  expect(viewer.destroyed).toBe(true);
});
