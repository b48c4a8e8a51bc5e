import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { waitForExit } from './postgres/server-process';
import { createBlankDatabase, type TestDatabase } from './test-database';
import { Product, type Run } from './testing/product';

let product: Product;
let database: TestDatabase;

beforeAll(async () => {
  product = new Product();
  await product.build();
  database = await createBlankDatabase();
});

afterEach(() => {
  product.forgetEvents();
});

afterAll(async () => {
  await product.remove();
  await database.drop();
});

const running = 'Corral is running at';

async function stop(run: Run, signal: NodeJS.Signals = 'SIGTERM') {
  run.signal(signal);
  return run.exitCode;
}

/** The page answers, and the agent, which nobody waits for, has come up too. */
async function untilComplete(run: Run) {
  await run.waitFor('[agent] up');
  await run.waitFor('Press Ctrl-C to stop');
}

/** Starts that must fail: what they print is one line. */
async function failedStart(variables: Record<string, string>) {
  const run = product.start(variables);
  expect(await run.exitCode).toBe(1);
  return run.output.trimEnd();
}

describe('a start', () => {
  it('brings everything up, says where, and takes everything down in order on Ctrl-C', async () => {
    const run = product.start();
    await untilComplete(run);
    expect(run.output).toContain(`${running} http://127.0.0.1:${product.port}\n`);
    expect(run.output).toContain(
      `Set the first operator's password: http://127.0.0.1:${product.port}/set-password/once`,
    );
    expect(run.output).toContain('[engine] something is odd');
    expect(run.output).not.toContain('all is well');
    expect(readFileSync(path.join(product.dataFolder, 'logs', 'engine.log'), 'utf8')).toContain(
      'all is well',
    );
    expect(statSync(path.join(product.dataFolder, 'secret')).mode & 0o777).toBe(0o600);
    const postgresPid = product.postgresPid();
    expect(postgresPid).toBeGreaterThan(0);

    expect(await stop(run, 'SIGINT')).toBe(0);
    const stopped = product.events().filter(({ event }) => event === 'stopped');
    expect(stopped.map(({ name }) => name)).toEqual(['agent', 'web', 'engine']);
    expect(product.postgresPid()).toBeUndefined();
    expect(existsSync(path.join(product.dataFolder, 'corral.pid'))).toBe(false);
  });

  it('works again after a kill -9: the programs end by themselves, and PostgreSQL is found still running', async () => {
    const run = product.start();
    await untilComplete(run);
    const pids = product.events().flatMap(({ pid }) => pid ?? []);
    const postgresPid = product.postgresPid();
    run.signal('SIGKILL');
    await run.exitCode;
    const ended = await Promise.all(pids.map((pid) => waitForExit(pid, 10_000)));
    expect(ended).toEqual([true, true, true]);

    const again = product.start();
    await untilComplete(again);
    expect(product.postgresPid()).toBe(postgresPid);
    expect(await stop(again)).toBe(0);
    expect(product.postgresPid()).toBeUndefined();
  });

  it('starts a program again that ended by itself', async () => {
    product.ask('crash-engine');
    const run = product.start({ DATABASE_URL: database.url });
    await run.waitFor('[engine] ended (exit code 3); starting it again in 0.2 s');
    await run.waitFor('[engine] something is odd');
    expect(product.started('engine')).toHaveLength(2);
    expect(await stop(run)).toBe(0);
  });

  it('starts PostgreSQL again when that is killed', async () => {
    const run = product.start();
    await untilComplete(run);
    const pid = product.postgresPid() ?? 0;
    process.kill(pid, 'SIGKILL');
    await run.waitFor('[postgres] ended; starting it again');
    expect(await stop(run)).toBe(0);
    expect(product.postgresPid()).toBeUndefined();
  });

  it('stops cleanly when asked to before it is complete', async () => {
    product.ask('never-healthy');
    product.ask('crash-engine');
    const run = product.start({ DATABASE_URL: database.url });
    await run.waitFor('[engine] something is odd');
    expect(await stop(run)).toBe(0);
    expect(run.output).not.toContain(running);
    rmSync(path.join(product.folder, 'never-healthy'), { force: true });
  });

  it('hands a join token to the agent until it has joined, and never the database', async () => {
    const joined = path.join(product.dataFolder, 'agent', 'identity.json');
    const first = product.start({ DATABASE_URL: database.url });
    await untilComplete(first);
    await stop(first);
    const [agent] = product.started('agent');
    expect(agent?.args).toEqual(
      expect.arrayContaining(['--join', 'token-1', '--url', `http://127.0.0.1:${product.port}`]),
    );
    expect(agent).not.toHaveProperty('DATABASE_URL');
    expect(agent).not.toHaveProperty('CORRAL_SECRET');
    expect(agent).not.toHaveProperty('NEXTAUTH_SECRET');
    const [web] = product.started('web');
    expect(web).toMatchObject({
      DATABASE_URL: database.url,
      CORRAL_SECRET: readFileSync(path.join(product.dataFolder, 'secret'), 'utf8').trim(),
    });
    expect(web?.NEXTAUTH_SECRET).toMatch(/^[0-9a-f]{64}$/);

    mkdirSync(path.dirname(joined), { recursive: true });
    writeFileSync(joined, JSON.stringify({ nodeId: '019a9d9e-0000-7000-8000-000000000001' }));
    product.forgetEvents();
    const second = product.start({ DATABASE_URL: database.url });
    await untilComplete(second);
    await stop(second);
    expect(product.started('agent')[0]?.args).not.toContain('--join');

    writeFileSync(joined, '{');
    const third = product.start({ DATABASE_URL: database.url });
    expect(await third.exitCode).toBe(1);
    expect(third.output.trim()).toBe(
      `Error: ${joined} cannot be read; it names the node that this agent joined as`,
    );
    rmSync(joined);
  });

  it('leaves the agent out when told so', async () => {
    const run = product.start({ DATABASE_URL: database.url, CORRAL_LOCAL_AGENT: '0' });
    await run.waitFor(running);
    await stop(run);
    expect(product.started('agent')).toEqual([]);
  });
});

describe('a start in a bad environment says so in one line', () => {
  it('when another start runs with the same data folder', async () => {
    const run = product.start({ DATABASE_URL: database.url });
    await untilComplete(run);
    expect(await failedStart({ DATABASE_URL: database.url })).toBe(
      `Error: Corral is already running with the data folder ${product.dataFolder}, as process ${run.child.pid}`,
    );
    expect(await stop(run)).toBe(0);
  });

  it('when the port is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(product.port, '127.0.0.1', resolve));
    expect(await failedStart({ DATABASE_URL: database.url })).toBe(
      `Error: Port ${product.port} on 127.0.0.1 is taken by another program. Choose another with CORRAL_PORT`,
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('when the data folder cannot be written', async () => {
    const file = path.join(product.folder, 'a-file');
    writeFileSync(file, '');
    expect(await failedStart({ CORRAL_DATA: path.join(file, 'data') })).toMatch(
      /^Error: Cannot write to the data folder .*\/a-file\/data: .*\. Choose another with CORRAL_DATA$/,
    );
  });

  it.runIf(process.platform === 'linux')('when the kernel lets nobody make the data folder', async () => {
    expect(await failedStart({ CORRAL_DATA: '/proc/corral/data' })).toMatch(
      /^Error: Cannot write to the data folder \/proc\/corral\/data: /,
    );
  });

  it('when DATABASE_URL is no PostgreSQL address', async () => {
    expect(await failedStart({ DATABASE_URL: 'mysql://root:secret@db/x' })).toBe(
      'Error: DATABASE_URL is not a PostgreSQL address (postgresql://user:password@host:port/database)',
    );
  });

  it('when the database server cannot be reached', async () => {
    expect(await failedStart({ DATABASE_URL: 'postgresql://corral:secret@127.0.0.1:1/corral' })).toBe(
      'Error: Cannot reach the database server at 127.0.0.1:1 (DATABASE_URL): connect ECONNREFUSED 127.0.0.1:1',
    );
  });

  it('when the database server refuses the password', async () => {
    const url = new URL(inject('testDatabaseServer').adminUrl);
    url.password = 'wrong';
    expect(await failedStart({ DATABASE_URL: url.toString() })).toBe(
      `Error: The database server at 127.0.0.1:${url.port} (DATABASE_URL) does not let user "postgres" in: ` +
        'password authentication failed for user "postgres"',
    );
  });

  it('when a port is not a number', async () => {
    expect(await failedStart({ CORRAL_PORT: 'http' })).toBe(
      'Error: CORRAL_PORT is not a port number (1-65535): "http"',
    );
  });
});
