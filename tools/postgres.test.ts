import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, type RunningPostgres } from './postgres';
import { findServerPid, waitForExit } from './postgres/server-process';
import { makeTestFolder } from './testing/test-folder';
import { query } from './testing/query';

let base: string;
const started: RunningPostgres[] = [];

async function start(options: Parameters<typeof startPostgres>[0]) {
  const server = await startPostgres({ durable: false, ...options });
  started.push(server);
  return server;
}

function listenSomewhere(): Promise<{ port: number; close: () => void }> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve({
        port: typeof address === 'object' && address ? address.port : 0,
        close: () => server.close(),
      });
    });
  });
}

/** Like the real one it writes PG_VERSION first. */
function writeInitdbThatHangs(): string {
  const folder = mkdtempSync(path.join(base, 'bin-'));
  const initdb = '#!/bin/sh\nmkdir -p "$2"\necho 18 >"$2/PG_VERSION"\necho $$ >initdb.pid\nexec sleep 600\n';
  for (const name of ['initdb', 'postgres']) writeFileSync(path.join(folder, name), initdb, { mode: 0o755 });
  chmodSync(folder, 0o755);
  return folder;
}

beforeAll(() => {
  base = makeTestFolder();
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

afterAll(() => rmSync(base, { recursive: true, force: true }));

describe('startPostgres', () => {
  it('starts a server that keeps its data, port and password over a stop', async () => {
    const folder = path.join(base, 'plain');
    const first = await startPostgres({ folder });
    await query(first.url('postgres'), 'CREATE TABLE kept AS SELECT 42 AS answer');
    expect(await query(first.url('postgres'), 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    await first.stop();
    const second = await start({ folder });
    expect(second.wasStarted).toBe(true);
    expect(second.port).toBe(first.port);
    expect(await query(second.url('postgres'), 'SELECT answer FROM kept')).toEqual([{ answer: 42 }]);
    expect(statSync(path.join(folder, 'password')).mode & 0o777).toBe(0o600);
  });

  it('listens on loopback only, and refuses a wrong password', async () => {
    const server = await start({ folder: path.join(base, 'plain') });
    expect(await query(server.url('postgres'), 'SHOW listen_addresses')).toEqual([
      { listen_addresses: '127.0.0.1' },
    ]);
    const wrong = new URL(server.url('postgres'));
    wrong.password = 'wrong';
    await expect(query(wrong.toString(), 'SELECT 1')).rejects.toThrow('password authentication failed');
  });

  it('finds a server again that is still running', async () => {
    const first = await start({ folder: path.join(base, 'plain') });
    const again = await startPostgres({ folder: path.join(base, 'plain') });
    expect(again).toMatchObject({ wasStarted: false, pid: first.pid, port: first.port });
  });

  it('recovers what was acknowledged after the server was killed', async () => {
    const folder = path.join(base, 'killed');
    const first = await startPostgres({ folder });
    await query(first.url('postgres'), 'CREATE TABLE kept AS SELECT 7 AS answer');
    process.kill(first.pid, 'SIGKILL');
    await waitForExit(first.pid, 10_000);
    const second = await start({ folder });
    expect(await query(second.url('postgres'), 'SELECT answer FROM kept')).toEqual([{ answer: 7 }]);
  });

  it('ignores a pid file whose number belongs to another program', async () => {
    const folder = path.join(base, 'plain');
    writeFileSync(path.join(folder, 'data', 'postmaster.pid'), `${process.pid}\n`);
    expect((await start({ folder })).wasStarted).toBe(true);
  });

  it('moves to another port when the remembered one is taken, but not from a port that was asked for', async () => {
    const folder = path.join(base, 'plain');
    const occupied = await listenSomewhere();
    writeFileSync(path.join(folder, 'port'), String(occupied.port));
    await expect(startPostgres({ folder, port: occupied.port })).rejects.toThrow(
      `Cannot start PostgreSQL: port ${occupied.port} on 127.0.0.1 is taken`,
    );
    const server = await start({ folder });
    expect(server.port).not.toBe(occupied.port);
    expect(Number(readFileSync(path.join(folder, 'port'), 'utf8'))).toBe(server.port);
    occupied.close();
  });

  it('names the folder that cannot be written', async () => {
    const file = path.join(base, 'a-file');
    writeFileSync(file, '');
    await expect(startPostgres({ folder: path.join(file, 'postgres') })).rejects.toThrow(
      /^Cannot write to the database folder .*a-file\/postgres: /,
    );
  });

  it.runIf(process.getuid?.() === 0)(
    'names the folder that the user of PostgreSQL may not enter',
    async () => {
      const closed = mkdtempSync(path.join(base, 'closed-'));
      chmodSync(closed, 0o700);
      await expect(startPostgres({ folder: path.join(closed, 'postgres') })).rejects.toThrow(
        `may not enter ${closed}. Allow it with "chmod o+x ${closed}"`,
      );
    },
  );

  it('says where binaries were looked for in vain', async () => {
    const before = process.env.PG_BINDIR;
    process.env.PG_BINDIR = '/nonexistent/bin';
    await expect(startPostgres({ folder: path.join(base, 'no-binaries') })).rejects.toThrow(
      'PG_BINDIR /nonexistent/bin holds no postgres',
    );
    if (before === undefined) delete process.env.PG_BINDIR;
    else process.env.PG_BINDIR = before;
  });

  it('says so when the password of existing data is lost', async () => {
    const folder = path.join(base, 'lost');
    mkdirSync(path.join(folder, 'data'), { recursive: true });
    writeFileSync(path.join(folder, 'data', 'PG_VERSION'), '18');
    spawnSync('chown', ['-R', 'nobody', folder]);
    await expect(startPostgres({ folder })).rejects.toThrow(/its password file .* is missing/);
    writeFileSync(path.join(folder, 'password'), '');
    await expect(startPostgres({ folder })).rejects.toThrow(/its password file .* is missing or empty/);
  });

  it('begins anew where the first start was cut off while it made the data, or before its password was written', async () => {
    const folder = path.join(base, 'cut');
    mkdirSync(folder);
    writeFileSync(path.join(folder, 'password'), '');
    const binaries = writeInitdbThatHangs();
    const script = `import(${JSON.stringify(path.join(import.meta.dirname, 'postgres.ts'))}).then(
      ({ startPostgres }) => startPostgres({ folder: ${JSON.stringify(folder)} }))`;
    const env = { ...process.env, PG_BINDIR: binaries };
    const first = spawn(process.execPath, ['--import', 'tsx', '-e', script], { env, stdio: 'ignore' });
    const pidFile = path.join(folder, 'initdb.pid');
    await expect
      .poll(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8'), { timeout: 20_000 })
      .toMatch(/^\d+\n$/);
    first.kill('SIGKILL');
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');

    const server = await start({ folder });
    expect(await query(server.url('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(readdirSync(folder).filter((name) => /new|initial/.test(name))).toEqual([]);
  });

  it('gives up a start when told to', async () => {
    const stop = new AbortController();
    stop.abort();
    const folder = path.join(base, 'plain');
    await expect(startPostgres({ folder, signal: stop.signal })).rejects.toThrow('aborted');
    expect(findServerPid(path.join(folder, 'data'))).toBeUndefined();
  });
});
