import { cpSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { deployMigrations } from './migrate';
import { withConnection } from './postgres/connection';
import { createBlankDatabase, type TestDatabase } from './test-database';
import { PrismaProject } from './testing/prisma-project';
import { countWaitingForLock, query } from './testing/query';

const ownMigrations = path.join(import.meta.dirname, '..', 'prisma', 'migrations');
const databases: TestDatabase[] = [];
const projects: PrismaProject[] = [];

async function makeProject() {
  const database = await createBlankDatabase();
  const project = new PrismaProject(database.url);
  databases.push(database);
  projects.push(project);
  project.writeSchema('model User {\n  id String @id\n}\n');
  return { project, url: database.url };
}

afterEach(async () => {
  for (const project of projects.splice(0)) project.remove();
  for (const database of databases.splice(0)) await database.drop();
});

describe('deployMigrations', () => {
  it('applies each migration once, in order, and Prisma then says that the database is up to date', async () => {
    const { project, url } = await makeProject();
    project.writeMigration('20260102000000_more', 'ALTER TABLE "User" ADD COLUMN email text;');
    project.writeMigration('20260101000000_users', 'CREATE TABLE "User" (id text PRIMARY KEY);');
    const result = await deployMigrations(url, project.migrations);
    expect(result).toEqual({ applied: ['20260101000000_users', '20260102000000_more'], edited: [] });
    expect(await deployMigrations(url, project.migrations)).toEqual({ applied: [], edited: [] });
    expect((await project.run('migrate', 'status')).output).toContain('Database schema is up to date!');
  });

  it('continues what Prisma itself began', async () => {
    const { project, url } = await makeProject();
    project.writeMigration('20260101000000_users', 'CREATE TABLE "User" (id text PRIMARY KEY);');
    expect(await project.run('migrate', 'deploy')).toMatchObject({ exitCode: 0 });
    project.writeMigration('20260102000000_more', 'ALTER TABLE "User" ADD COLUMN email text;');
    expect((await deployMigrations(url, project.migrations)).applied).toEqual(['20260102000000_more']);
  });

  it('applies everything once when two start at the same time', async () => {
    const { project, url } = await makeProject();
    project.writeMigration('20260101000000_users', 'CREATE TABLE "User" (id text PRIMARY KEY);');
    const results = await Promise.all([1, 2, 3].map(() => deployMigrations(url, project.migrations)));
    expect(results.flatMap((result) => result.applied)).toEqual(['20260101000000_users']);
  });

  it('gives up the wait for another session that migrates when told to', async () => {
    const { project, url } = await makeProject();
    project.writeMigration('20260101000000_users', 'CREATE TABLE "User" (id text PRIMARY KEY);');
    const stop = new AbortController();
    await withConnection({ url }, async (other) => {
      await other.query('SELECT pg_advisory_lock(72707369)');
      const deploying = deployMigrations(url, project.migrations, stop.signal);
      await expect.poll(() => countWaitingForLock(url)).toBe(1);
      stop.abort();
      await expect(deploying).rejects.toThrow('aborted');
    });
    expect((await deployMigrations(url, project.migrations)).applied).toEqual(['20260101000000_users']);
  });

  it('names the migration that fails, and refuses to go on until it is resolved', async () => {
    const { project, url } = await makeProject();
    project.writeMigration('20260101000000_broken', 'SELECT no_such_function();');
    project.writeMigration('20260102000000_later', 'CREATE TABLE later (id int);');
    await expect(deployMigrations(url, project.migrations)).rejects.toThrow(
      'Migration 20260101000000_broken failed: function no_such_function() does not exist',
    );
    await expect(deployMigrations(url, project.migrations)).rejects.toThrow(
      'migration 20260101000000_broken failed earlier',
    );
    expect(await query(url, "SELECT to_regclass('later') AS later")).toEqual([{ later: null }]);
    await project.run('migrate', 'resolve', '--rolled-back', '20260101000000_broken');
    project.writeMigration('20260101000000_broken', 'SELECT 1;');
    expect((await deployMigrations(url, project.migrations)).applied).toHaveLength(2);
  });

  it('reports a migration that was edited after it was applied', async () => {
    const { project, url } = await makeProject();
    project.writeMigration('20260101000000_users', 'CREATE TABLE "User" (id text PRIMARY KEY);');
    await deployMigrations(url, project.migrations);
    project.writeMigration('20260101000000_users', 'CREATE TABLE "User" (id text PRIMARY KEY, email text);');
    expect((await deployMigrations(url, project.migrations)).edited).toEqual(['20260101000000_users']);
  });

  it("brings Corral's own migrations to exactly what prisma/schema.prisma says", async () => {
    const { project, url } = await makeProject();
    await deployMigrations(url, ownMigrations);
    cpSync(
      path.join(ownMigrations, '..', 'schema.prisma'),
      path.join(project.folder, 'prisma', 'schema.prisma'),
    );
    const diff = await project.run(
      ...[
        'migrate',
        'diff',
        '--from-config-datasource',
        '--to-schema',
        'prisma/schema.prisma',
        '--exit-code',
      ],
    );
    expect(diff).toMatchObject({ exitCode: 0 });
  });
});
