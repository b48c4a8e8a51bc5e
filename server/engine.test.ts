import { fork, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';

const root = path.join(import.meta.dirname, '..');
const outfile = path.join(root, '.cache', `engine-test-${process.pid}.mjs`);
let database: TestDatabase;
const children: ChildProcess[] = [];

beforeAll(async () => {
  await build({
    ...{ absWorkingDir: root, entryPoints: ['server/engine.ts'], outfile, bundle: true, format: 'esm' },
    ...{ platform: 'node', target: 'node20', packages: 'external', logLevel: 'silent' },
    tsconfig: path.join(root, 'tsconfig.json'),
  });
});
afterAll(() => rmSync(outfile, { force: true }));
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await database.drop();
});

type Engine = {
  child: ChildProcess;
  said: (words: string) => Promise<void>;
  ended: Promise<number | null>;
  text: () => string;
};

function startEngine(url = database.url): Engine {
  const env = {
    ...process.env,
    DATABASE_URL: url,
    CORRAL_SECRET: 'a secret of at least thirty-two characters',
    CORRAL_URL: 'http://127.0.0.1:4300',
    NODE_OPTIONS: '--no-deprecation',
  };
  const child = fork(outfile, { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  children.push(child);
  let text = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      listeners.forEach((listener) => listener());
    });
  return {
    child,
    text: () => text,
    ended: new Promise((resolve) => child.once('exit', (code) => resolve(code))),
    said: (words) =>
      new Promise((resolve) => {
        const look = () => void (text.includes(words) && resolve());
        listeners.add(look);
        look();
      }),
  };
}

it('stands by while another engine is active, and takes over when that one is gone', async () => {
  const first = startEngine();
  await first.said('engine is active');
  const second = startEngine();
  await second.said('engine stands by');
  first.child.kill('SIGKILL');
  await second.said('engine is active');
});

it('ends with 1 and one clear line when it loses the database', async () => {
  const engine = startEngine();
  await engine.said('engine is active');
  const admin = new pg.Client({ connectionString: database.url });
  await admin.connect();
  await admin.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await admin.end();
  expect(await engine.ended).toBe(1);
  const lines = engine.text().trim().split('\n');
  // Whichever of its connections was in use hears of it first.
  expect(lines.filter((line) => !line.startsWith('{'))).toEqual([
    expect.stringMatching(/^(The engine lost the database|Cannot read or write the job queue): /),
  ]);
});

it('ends with 0 when asked to, also as a standby, and when its supervisor is gone', async () => {
  const active = startEngine();
  await active.said('engine is active');
  const standby = startEngine();
  await standby.said('engine stands by');
  standby.child.kill('SIGTERM');
  expect(await standby.ended).toBe(0);
  active.child.disconnect();
  expect(await active.ended).toBe(0);
});
