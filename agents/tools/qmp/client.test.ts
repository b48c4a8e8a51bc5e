// Against transcripts of a real QEMU, played by a server on a unix socket.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectQmp } from './client';
import { createLineReader } from './lines';
import { QmpStatus, type QmpEvent } from './messages';

let folder: string;
let closing: (() => void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'qmp-'));
});
afterEach(async () => {
  closing.forEach((close) => close());
  closing = [];
  await rm(folder, { recursive: true });
});

/** Listens; `answer` gets each client and each line it sends. */
async function serve(greet: (client: Socket) => void, answer: (client: Socket, line: string) => void) {
  const path = join(folder, 'qmp.sock');
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    clients.add(client);
    client.on('error', () => {});
    let text = '';
    client.on('data', (chunk) => {
      text += chunk.toString();
      for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n')) {
        const line = text.slice(0, at);
        text = text.slice(at + 1);
        answer(client, line);
      }
    });
    greet(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  closing.push(() => {
    clients.forEach((client) => client.destroy());
    server.close();
  });
  return path;
}

/** A server that says what QEMU said, up to the next command that the client must have sent. */
async function play(file: string, chunkBytes = Infinity) {
  const lines = (await readFile(join(import.meta.dirname, 'fixtures', file), 'utf8')).trimEnd().split('\n');
  let at = 0;
  const heard: string[] = [];
  const speak = (client: Socket) => {
    let text = '';
    for (; lines[at]?.startsWith('S '); at++) text += `${lines[at]?.slice(2)}\r\n`;
    for (let from = 0; from < text.length; from += chunkBytes)
      client.write(text.slice(from, from + chunkBytes));
    if (at >= lines.length) client.end();
  };
  const path = await serve(speak, (client, line) => {
    heard.push(line);
    at++;
    speak(client);
  });
  return { path, heard };
}

const greeting =
  '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}\r\n';

test.each([Infinity, 7])('follows a whole life of QEMU 7.2 (in pieces of %d)', async (chunkBytes) => {
  const { path, heard } = await play('shutdown-qemu-7.2.txt', chunkBytes);
  const events: QmpEvent[] = [];
  const qmp = await connectQmp({ path, timeoutMs: 5_000, onEvent: (event) => events.push(event) });
  expect(qmp.qemuVersion).toBe('7.2.22');
  expect(QmpStatus.parse(await qmp.execute('query-status')).status).toBe('running');
  await expect(qmp.execute('nonsense')).rejects.toMatchObject({
    code: 'tool_failed',
    message: /not been found/,
  });
  await qmp.execute('stop');
  await qmp.execute('cont');
  await qmp.execute('system_powerdown');
  expect(QmpStatus.parse(await qmp.execute('query-status')).status).toBe('shutdown');
  await qmp.execute('quit');
  await qmp.closed;
  expect(events.map(({ event }) => event)).toEqual([
    'STOP',
    'RESUME',
    'POWERDOWN',
    'SHUTDOWN',
    'STOP',
    'SHUTDOWN',
  ]);
  expect(events[3]?.data).toEqual({ guest: true, reason: 'guest-shutdown' });
  expect(heard).toHaveLength(8);
});

test('is unavailable where nobody listens', async () => {
  const connecting = connectQmp({ path: join(folder, 'none.sock'), timeoutMs: 1_000, onEvent: () => {} });
  await expect(connecting).rejects.toMatchObject({ code: 'unavailable' });
});

test('gives up on a QEMU that does not greet', async () => {
  const path = await serve(
    () => {},
    () => {},
  );
  const connecting = connectQmp({ path, timeoutMs: 50, onEvent: () => {} });
  await expect(connecting).rejects.toMatchObject({ code: 'timeout' });
});

test('gives up on an answer but not on the connection', async () => {
  const path = await serve(
    (client) => client.write(greeting),
    (client, line) => {
      if (!line.includes('never')) client.write(`{"return": {}, "id": ${JSON.parse(line).id}}\r\n`);
    },
  );
  const qmp = await connectQmp({ path, timeoutMs: 5_000, onEvent: () => {} });
  await expect(qmp.execute('never', {}, 50)).rejects.toMatchObject({ code: 'timeout' });
  await expect(qmp.execute('query-name')).resolves.toEqual({});
  qmp.close();
  await qmp.closed;
  await expect(qmp.execute('query-name')).rejects.toMatchObject({ code: 'unavailable' });
});

test('refuses all that waits when the connection ends', async () => {
  const path = await serve(
    (client) => client.write(greeting),
    (client, line) => {
      if (line.includes('die')) client.destroy();
      else client.write(`{"return": {}, "id": ${JSON.parse(line).id}}\r\n`);
    },
  );
  const qmp = await connectQmp({ path, timeoutMs: 5_000, onEvent: () => {} });
  await expect(qmp.execute('die')).rejects.toMatchObject({ code: 'unavailable' });
});

test('ends a connection that speaks no QMP', async () => {
  const path = await serve(
    (client) => client.write('SSH-2.0\r\n'),
    () => {},
  );
  const connecting = connectQmp({ path, timeoutMs: 5_000, onEvent: () => {} });
  await expect(connecting).rejects.toMatchObject({ code: 'tool_failed' });
});

test('does not keep an endless line in memory', () => {
  const read = createLineReader(() => {});
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  expect(() => Array.from({ length: 10 }, () => read(chunk))).toThrow('longer');
});
