import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sitAtTerminal } from '../testing/terminal';
import { createPtyLine } from './pty-line';
import type { SerialLine } from './serial-line';
import { historyBytes } from './serial-viewers';

let folder: string;
let line: SerialLine;
let guest: Guest;

/** A terminal of this machine with a guest behind it, as Xen's console program makes them. */
type Guest = {
  path: string;
  says(text: string): void;
  hears(text: string): Promise<void>;
  leaves(): Promise<void>;
};

async function openGuest(): Promise<Guest> {
  const server: Server = createServer();
  const socketPath = join(folder, `${randomUUID()}.sock`);
  server.listen(socketPath);
  await once(server, 'listening');
  const path = join(folder, 'tty');
  const options = ['-d', '-d', `PTY,rawer,link=${path}`, `UNIX-CONNECT:${socketPath}`];
  const socat: ChildProcess = spawn('socat', options, { stdio: 'ignore' });
  const [socket]: Socket[] = await once(server, 'connection');
  if (!socket) throw new Error('socat has not come');
  let heard = '';
  socket.on('data', (chunk) => (heard += String(chunk)));
  return {
    path,
    says: (text) => void socket.write(text),
    hears: async (text) => {
      while (!heard.includes(text)) await once(socket, 'data');
    },
    leaves: async () => {
      if (socat.exitCode !== null || socat.signalCode !== null) return;
      socat.kill();
      await once(socat, 'exit');
      server.close();
    },
  };
}

/** Of this process. */
async function openTerminals(): Promise<number> {
  const fds = await readdir('/proc/self/fd');
  const paths = await Promise.all(fds.map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')));
  return paths.filter((path) => path.startsWith('/dev/pts/')).length;
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'corral-pty-'));
  line = createPtyLine(join(folder, 'serial.log'));
  guest = await openGuest();
});
afterEach(async () => {
  await line.close();
  await guest.leaves();
  await rm(folder, { recursive: true });
});

describe('a serial line that is a terminal of the node', () => {
  test('shows each viewer all of it from the first byte, and passes on what any of them types', async () => {
    await line.connect(guest.path);
    const early = sitAtTerminal(await line.open());
    guest.says('boots\r\nlogin: ');
    await early.until(/login: /);
    const late = sitAtTerminal(await line.open());
    expect(await late.until(/login: /)).toContain('boots');
    late.type('root');
    await guest.hears('root');
    guest.says('welcome');
    for (const viewer of [early, late]) await viewer.until(/welcome/);
    expect(await readFile(join(folder, 'serial.log'), 'utf8')).toContain('boots\r\nlogin: ');
    for (const viewer of [early, late]) viewer.leave();
  });

  test('keeps what was said when the guest has gone, also for another agent', async () => {
    await line.connect(guest.path);
    const viewer = sitAtTerminal(await line.open());
    guest.says('the last words');
    await viewer.until(/last words/);
    await guest.leaves();
    await line.disconnect();
    expect(String(await line.history())).toContain('the last words');
    viewer.leave();
    const later = createPtyLine(join(folder, 'serial.log'));
    expect(String(await later.history())).toContain('the last words');
    await later.close();
  });

  test('keeps its log small however much is said', async () => {
    await line.connect(guest.path);
    const viewer = sitAtTerminal(await line.open());
    const much = `${'x'.repeat(1_000)}\n`;
    for (let said = 0; said < 1_200; said++) guest.says(much);
    guest.says('enough');
    await viewer.until(/enough/);
    viewer.leave();
    expect((await readFile(join(folder, 'serial.log'))).length).toBeLessThan(1024 * 1024 + 64 * 1024);
    const kept = await line.history();
    expect(kept.length).toBeLessThanOrEqual(historyBytes);
    expect(String(kept)).toMatch(/enough$/);
  });

  test('goes on for who sits there when the guest comes back at another terminal', async () => {
    await line.connect(guest.path);
    const viewer = sitAtTerminal(await line.open());
    guest.says('first life');
    await viewer.until(/first life/);
    await guest.leaves();
    await line.disconnect();
    guest = await openGuest();
    await line.connect(guest.path);
    guest.says('second life');
    await viewer.until(/first life[^]*second life/);
    viewer.type('root');
    await guest.hears('root');
    viewer.leave();
  });

  test('leaves no descriptor open, whatever terminals there were', async () => {
    const before = await openTerminals();
    for (let life = 0; life < 3; life++) {
      await line.connect(guest.path);
      expect(await openTerminals()).toBe(before + 2);
      await guest.leaves();
      await line.disconnect();
      guest = await openGuest();
    }
    await line.connect(guest.path);
    await line.close();
    expect(await openTerminals()).toBe(before);
  });

  test('begins with what another node heard', async () => {
    await line.connect(guest.path);
    await line.begin(Buffer.from('said elsewhere\n'));
    guest.says('said here');
    const viewer = sitAtTerminal(await line.open());
    expect(await viewer.until(/said here/)).toContain('said elsewhere');
    viewer.leave();
    expect(await readFile(join(folder, 'serial.log'), 'utf8')).toContain('said elsewhere\nsaid here');
  });
});
