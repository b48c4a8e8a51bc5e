import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { withConnection } from './postgres/connection';
import { waitForExit } from './postgres/server-process';
import { createBlankDatabase, type TestDatabase } from './test-database';
import { Product, type Run } from './testing/product';
import { countWaitingForLock } from './testing/query';

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
const nodeId = '019a9d9e-0000-7000-8000-000000000001';

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
    await run.waitFor('[engine] something is odd');
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

  it('stops when asked to while another session migrates the database', async () => {
    const run = await withConnection({ url: database.url }, async (other) => {
      await other.query('SELECT pg_advisory_lock(72707369)');
      const starting = product.start({ DATABASE_URL: database.url });
      await expect.poll(() => countWaitingForLock(database.url), { timeout: 20_000 }).toBe(1);
      expect(await stop(starting)).toBe(0);
      return starting;
    });
    expect(run.output).toBe('Stopping …\nCorral is stopped.\n');
  });

  it('waits for a program that does not stop, until it is told a second time', async () => {
    product.ask('never-stop-engine');
    const run = product.start({ DATABASE_URL: database.url });
    await untilComplete(run);
    const [engine] = product.started('engine');
    run.signal('SIGINT');
    // The same Ctrl-C, passed on by npm.
    run.signal('SIGINT');
    await expect.poll(() => product.events()).toContainEqual({ name: 'engine', event: 'asked to stop' });
    const again = setInterval(() => run.signal('SIGINT'), 100);
    expect(await run.exitCode).toBe(1);
    clearInterval(again);
    expect(run.output).toContain('Error: told to stop a second time; not waiting for what still runs\n');
    expect(await waitForExit(engine?.pid ?? 0, 10_000)).toBe(true);
  });

  it('hands the database to the control plane, and never to the agent', async () => {
    const run = product.start({ DATABASE_URL: database.url });
    await untilComplete(run);
    await stop(run);
    const [agent] = product.started('agent');
    expect(agent).not.toHaveProperty('DATABASE_URL');
    expect(agent).not.toHaveProperty('CORRAL_SECRET');
    expect(product.started('web')[0]).toMatchObject({
      DATABASE_URL: database.url,
      CORRAL_SECRET: readFileSync(path.join(product.dataFolder, 'secret'), 'utf8').trim(),
    });
  });

  it('has pages developed only where that is asked for', async () => {
    for (const [CORRAL_DEV, mode] of [
      ['1', 'development'],
      ['0', 'production'],
    ] as const) {
      product.forgetEvents();
      const run = product.start({ DATABASE_URL: database.url, CORRAL_DEV });
      await untilComplete(run);
      await stop(run);
      expect(product.started('web')[0]?.NODE_ENV).toBe(mode);
      expect(product.started('agent')[0]?.NODE_ENV).toBe('production');
    }
  });

  it('hands a join token to the agent, not for all to read, until it has joined with it', async () => {
    const first = product.start({ DATABASE_URL: database.url });
    await untilComplete(first);
    const [invited] = product.started('agent');
    expect(invited?.CORRAL_JOIN_TOKEN).toBe('token-1');
    expect(invited?.args).toEqual(expect.arrayContaining(['--url', `http://127.0.0.1:${product.port}`]));
    expect(invited?.args?.join(' ')).not.toContain('token-1');
    product.writeAgentIdentity(nodeId);
    process.kill(invited?.pid ?? 0, 'SIGKILL');
    await expect.poll(() => product.started('agent'), { timeout: 10_000 }).toHaveLength(2);
    expect(product.started('agent')[1]).not.toHaveProperty('CORRAL_JOIN_TOKEN');
    await stop(first);

    product.forgetEvents();
    const second = product.start({ DATABASE_URL: database.url });
    await untilComplete(second);
    await stop(second);
    expect(product.started('agent')[0]).not.toHaveProperty('CORRAL_JOIN_TOKEN');
    expect(product.started('agent')[0]?.args).not.toContain('--url');
    product.removeAgentIdentity();
  });

  it('hands a join token to an agent whose node the control plane does not know', async () => {
    product.writeAgentIdentity(nodeId);
    product.ask('forget-node');
    const run = product.start({ DATABASE_URL: database.url });
    await untilComplete(run);
    await stop(run);
    expect(product.started('agent')[0]).toMatchObject({ CORRAL_JOIN_TOKEN: 'token-1' });
    product.removeAgentIdentity();
  });

  it('lets the agent be when its node was removed', async () => {
    product.writeAgentIdentity(nodeId);
    const run = product.start({ DATABASE_URL: database.url });
    await untilComplete(run);
    product.removeAgentIdentity();
    process.kill(product.started('agent')[0]?.pid ?? 0, 'SIGTERM');
    await run.waitFor(
      '[agent] ended: this machine is no node any more; the next start of Corral makes it one again\n',
    );
    expect(run.output).not.toContain('starting it again');
    expect(await stop(run)).toBe(0);
  });

  it('says so when it cannot read who the agent is', async () => {
    const file = product.writeAgentIdentity('');
    expect(await failedStart({ DATABASE_URL: database.url })).toBe(
      `Error: ${file} cannot be read; it names the node that this agent joined as`,
    );
    product.removeAgentIdentity();
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
