// Each repair of the stand-in for Prisma's engine, with the real command line on a real PostgreSQL.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { openAdapter } from './schema-engine/adapter.mjs';
import { dropLeftShadowDatabases, openShadowDatabase } from './schema-engine/shadow-database.mjs';
import { createBlankDatabase, type TestDatabase } from './test-database';
import { PrismaProject } from './testing/prisma-project';
import { query } from './testing/query';

const databases: TestDatabase[] = [];
const projects: PrismaProject[] = [];

const userModel = 'model User {\n  id String @id\n  email String @unique\n}\n';
const jobModel = 'model Job {\n  id String @id\n  kind String\n  @@index([kind(sort: Desc)])\n}\n';

async function makeProject() {
  const database = await createBlankDatabase();
  const project = new PrismaProject(database.url);
  databases.push(database);
  projects.push(project);
  return { project, url: database.url };
}

function listShadowDatabases(url: string) {
  return query(url, "SELECT datname FROM pg_database WHERE datname LIKE 'prisma_migrate_shadow_db_%'");
}

afterEach(async () => {
  for (const project of projects.splice(0)) project.remove();
  for (const database of databases.splice(0)) await database.drop();
});

describe('the stand-in for the schema engine', () => {
  it('sends scripts whole, so that functions, DO blocks and semicolons in strings survive', async () => {
    const { project, url } = await makeProject();
    project.writeSchema(userModel);
    project.writeMigration(
      '20260101000000_script',
      `-- a comment; with a semicolon
       CREATE TABLE "User" (id text PRIMARY KEY, email text NOT NULL UNIQUE);
       CREATE FUNCTION shout() RETURNS trigger AS $$ BEGIN NEW.email := upper(NEW.email) || ';'; RETURN NEW; END; $$ LANGUAGE plpgsql;
       CREATE TRIGGER shout BEFORE INSERT ON "User" FOR EACH ROW EXECUTE FUNCTION shout();
       DO $$ BEGIN INSERT INTO "User" VALUES ('1', 'a;b'); END; $$;`,
    );
    expect(await project.run('migrate', 'deploy')).toMatchObject({ exitCode: 0 });
    expect(await query(url, 'SELECT email FROM "User"')).toEqual([{ email: 'A;B;' }]);
  });

  it('reads the catalogue of a server whose NOT NULLs are constraints of their own', async () => {
    const { project, url } = await makeProject();
    await query(url, 'CREATE TABLE "User" (id text PRIMARY KEY, email text NOT NULL UNIQUE)');
    project.writeSchema(userModel);
    const pulled = await project.run('db', 'pull', '--print');
    expect(pulled.output).toContain('email String @unique');
    expect(
      await project.run(
        'migrate',
        'diff',
        '--from-config-datasource',
        '--to-schema',
        'prisma/schema.prisma',
        '--exit-code',
      ),
    ).toMatchObject({ exitCode: 0 });
  });

  it('replays migrations in a database of its own, not in the main one', async () => {
    const { project, url } = await makeProject();
    project.writeSchema(userModel);
    expect(await project.run('migrate', 'dev', '--name', 'users')).toMatchObject({ exitCode: 0 });
    await query(url, `INSERT INTO "User" VALUES ('1', 'kept@example.org')`);
    project.writeSchema(userModel + jobModel);
    expect(await project.run('migrate', 'dev', '--name', 'jobs')).toMatchObject({ exitCode: 0 });
    expect(await query(url, 'SELECT email FROM "User"')).toEqual([{ email: 'kept@example.org' }]);
    expect(await query(url, `SELECT to_regclass('"Job"') AS job`)).toEqual([{ job: '"Job"' }]);
    expect(await listShadowDatabases(url)).toEqual([]);
  });

  it('keeps lock and script on one session, so that two deployments at once apply everything once', async () => {
    const { project, url } = await makeProject();
    project.writeSchema(userModel);
    project.writeMigration(
      '20260101000000_users',
      'CREATE TABLE "User" (id text PRIMARY KEY, email text); SELECT pg_sleep(0.1);',
    );
    const results = await Promise.all([project.run('migrate', 'deploy'), project.run('migrate', 'deploy')]);
    expect(results.map((result) => result.exitCode)).toEqual([0, 0]);
    expect(await query(url, 'SELECT migration_name FROM _prisma_migrations')).toHaveLength(1);
  });

  it('uses one session for all that it asks, however much at once', async () => {
    const { url } = await makeProject();
    const adapter = await openAdapter(url);
    const ask = () => adapter.queryRaw({ sql: 'SELECT pg_backend_pid()', args: [], argTypes: [] });
    const answers = await Promise.all([ask(), ask(), ask()]);
    expect(new Set(answers.map((answer) => answer.rows[0]?.[0])).size).toBe(1);
    await adapter.dispose();
  });

  it('drops a shadow database that the engine left behind', async () => {
    const { url } = await makeProject();
    const shadow = await openShadowDatabase({ url });
    await shadow.executeScript('CREATE TABLE left_behind (id int)');
    expect(await listShadowDatabases(url)).toHaveLength(1);
    expect(await query(url, "SELECT to_regclass('left_behind') AS found")).toEqual([{ found: null }]);
    await dropLeftShadowDatabases();
    expect(await listShadowDatabases(url)).toEqual([]);
  });

  it('ends with the message and exit code 1 when the engine panics', () => {
    const panic = path.join(import.meta.dirname, 'schema-engine', 'panic.mjs');
    const script = `import ${JSON.stringify(panic)}; PRISMA_WASM_PANIC_REGISTRY.set_message('entered unreachable code');
      setImmediate(() => { throw new WebAssembly.RuntimeError('unreachable'); });`;
    const result = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
    expect(result.status).toBe(1);
    expect(JSON.parse(result.stderr)).toEqual({
      level: 'ERROR',
      fields: { message: 'entered unreachable code' },
    });
  });

  it('tells the CLI why a database cannot be reached, and creates a missing one', async () => {
    const { project, url } = await makeProject();
    project.writeSchema(userModel);
    const wrong = new URL(url);
    wrong.password = 'wrong';
    const locked = new PrismaProject(wrong.toString());
    projects.push(locked);
    locked.writeSchema(userModel);
    const refused = await locked.run('migrate', 'deploy');
    expect(refused.exitCode).toBe(1);
    expect(refused.output).toContain('P1000');

    const missing = new URL(url);
    missing.pathname += '_made';
    const creating = new PrismaProject(missing.toString());
    projects.push(creating);
    creating.writeSchema(userModel);
    expect(await creating.run('migrate', 'dev', '--name', 'users')).toMatchObject({ exitCode: 0 });
    expect(await query(missing.toString(), 'SELECT count(*)::int AS n FROM "User"')).toEqual([{ n: 0 }]);
    await query(url, `DROP DATABASE "${missing.pathname.slice(1)}" WITH (FORCE)`);
  });

  it('drops the shadow database when a migration fails in it, and says which statement failed', async () => {
    const { project, url } = await makeProject();
    project.writeSchema(userModel);
    project.writeMigration(
      '20260101000000_broken',
      'CREATE TABLE "User" (id text PRIMARY KEY); SELECT no_such_function();',
    );
    const result = await project.run('migrate', 'dev', '--name', 'next');
    expect(result.exitCode).toBe(1);
    expect(result.output).toContain('no_such_function');
    expect(await listShadowDatabases(url)).toEqual([]);
  });

  it('records a failing migration, blocks on it, and lets it be resolved', async () => {
    const { project } = await makeProject();
    project.writeSchema(userModel);
    project.writeMigration('20260101000000_broken', 'SELECT no_such_function();');
    expect((await project.run('migrate', 'deploy')).output).toContain('no_such_function');
    expect((await project.run('migrate', 'deploy')).output).toContain('P3009');
    expect(await project.run('migrate', 'resolve', '--rolled-back', '20260101000000_broken')).toMatchObject({
      exitCode: 0,
    });
    project.writeMigration('20260101000000_broken', 'SELECT 1;');
    expect(await project.run('migrate', 'deploy')).toMatchObject({ exitCode: 0 });
  });

  it('is built from the same commit as the Prisma command line', () => {
    const engine = spawnSync(path.join(import.meta.dirname, 'schema-engine.mjs'), ['--version'], {
      encoding: 'utf8',
    });
    const manifest = spawnSync(
      process.execPath,
      ['-p', 'require("@prisma/engines-version").enginesVersion'],
      { encoding: 'utf8' },
    );
    expect(engine.stdout.trim()).toBe(`schema-engine-wasm ${manifest.stdout.trim()}`);
  });
});
