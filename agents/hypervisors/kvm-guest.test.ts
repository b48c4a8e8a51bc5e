// Against a stand-in for QEMU: a real process, and sockets that answer for it.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { identifyProcess } from '../tools/proc/process';
import type { Ending } from '../tools/run';
import { kvmFiles, prepareFiles, readLastWords, type KvmFiles } from './kvm-files';
import { KvmGuest } from './kvm-guest';
import { resetGuest } from './kvm-live';
import { KvmRecord, writeRecord } from './kvm-record';

const id = randomUUID();
let folder: string;
let files: KvmFiles;
let running: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'guest-'));
  files = kvmFiles(folder, folder, id);
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  running = [];
  await rm(folder, { recursive: true });
});

/** How a process ended, told to each who asks only when the test says so, in the order in which they asked. */
class ToldOneByOne extends Promise<Ending> {
  static override readonly [Symbol.species] = Promise;
  readonly asking: (() => void)[] = [];

  constructor() {
    super(() => {});
  }

  override then<A, B>(
    tell?: ((ending: Ending) => A | PromiseLike<A>) | null,
    fail?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    return new Promise<Ending>((resolve) => {
      this.asking.push(() => resolve({ exitCode: 0, exitSignal: null }));
    }).then(tell, fail);
  }
}

async function startStandIn(child: Promise<Ending>) {
  await prepareFiles(files);
  const process = spawn('sleep', ['1000'], { argv0: id });
  running.push(process);
  await once(process, 'spawn');
  const servers = [
    await listen(files.serialSocket, () => {}),
    await listen(files.qmpSocket, (client) => speakQmp(client, () => process.kill('SIGKILL'))),
  ];
  process.once('exit', () => servers.forEach((close) => close()));
  const record = KvmRecord.parse({
    instanceId: id,
    name: 'web1',
    accelerator: 'tcg',
    bootId: randomUUID(),
    startedAt: new Date().toISOString(),
    socketRoot: folder,
    process: await identifyProcess(process.pid ?? 0, id),
    ended: null,
  });
  await writeRecord(files.record, record);
  return { record, child };
}

async function listen(path: string, greet: (client: Socket) => void): Promise<() => void> {
  const clients = new Set<Socket>();
  const server: Server = createServer((client) => {
    clients.add(client.on('error', () => {}).resume());
    greet(client);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return () => {
    clients.forEach((client) => client.destroy());
    server.close();
  };
}

function speakQmp(client: Socket, quit: () => void): void {
  const say = (message: object) => client.write(`${JSON.stringify(message)}\r\n`);
  say({ QMP: { version: { qemu: { major: 7, minor: 2, micro: 0 }, package: '' }, capabilities: [] } });
  client.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const { execute, id: asked } = JSON.parse(line);
      say({ id: asked, return: execute === 'query-status' ? { status: 'running', running: true } : {} });
      if (execute === 'quit') quit();
    }
  });
}

test('who learns late of an end changes nothing of the next run', async () => {
  const states: string[] = [];
  const guest = new KvmGuest(files, ({ operState }) => states.push(operState));
  const child = new ToldOneByOne();
  await guest.adopt(await startStandIn(child));
  const starting = child.asking.length;
  guest.expectEnd(true);
  const killing = guest.kill();
  // The lost monitor asks to learn of the end, then it and the one who kills ask how it ended.
  await expect.poll(() => child.asking.length).toBe(starting + 3);
  const [, first, late] = child.asking.slice(starting);
  first?.();
  await killing;
  expect(states).toEqual(['running', 'absent']);

  await guest.adopt(await startStandIn(new Promise(() => {})));
  const before = { names: await readdir(files.folder), record: await readFile(files.record, 'utf8') };
  late?.();
  // Each of these is a round of what the late one does before it goes on.
  for (let round = 0; round < 50; round += 1) await readLastWords(files.log);
  expect({ names: await readdir(files.folder), record: await readFile(files.record, 'utf8') }).toEqual(
    before,
  );
  expect(guest.observed()).toMatchObject({ operState: 'running', accelerator: 'tcg' });
  await resetGuest(guest);
  await guest.close();
});
