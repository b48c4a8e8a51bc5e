// Fetches single Debian packages with the node's own apt (its sources, keys and proxies) without installing them.
import { join } from 'node:path';
import { readdir } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { run } from '../run';
import { parsePackage, type DebianPackage } from './parse';

const queryMs = 60_000;
const downloadMs = 600_000;

/** The package apt would install; refreshes apt's lists once where they do not know it. */
export async function findPackage(name: string, signal?: AbortSignal): Promise<DebianPackage> {
  const known = await showPackage(name, signal);
  if (known) return known;
  await run({
    argv: ['apt-get', '-q', 'update'],
    doing: "refresh apt's package lists",
    timeoutMs: downloadMs,
    signal,
  });
  const found = await showPackage(name, signal);
  if (found) return found;
  throw new AppError('not_found', `Cannot find the package ${name}: apt does not know it`);
}

async function showPackage(name: string, signal?: AbortSignal): Promise<DebianPackage | null> {
  const argv = ['apt-cache', 'show', '--no-all-versions', name] as const;
  try {
    const { stdout } = await run({ argv, doing: `look up the package ${name}`, timeoutMs: queryMs, signal });
    return parsePackage(stdout);
  } catch (error) {
    if (error instanceof AppError && error.details['exitCode'] === 100) return null;
    throw error;
  }
}

/** Downloads packages (checked by apt against its signed lists) and unpacks them all into `folder`. */
export async function unpackPackages(request: {
  names: string[];
  downloads: string;
  folder: string;
  signal?: AbortSignal;
}): Promise<void> {
  const { names, downloads, folder, signal } = request;
  // As root, apt would download as the user _apt, who may not write here.
  const download = ['apt-get', '-q', '-o', 'APT::Sandbox::User=root', 'download', ...names] as const;
  const doing = `download ${names.join(', ')}`;
  await run({ argv: download, doing, timeoutMs: downloadMs, signal, cwd: downloads });
  const archives = (await readdir(downloads)).filter((name) => name.endsWith('.deb'));
  for (const archive of archives) {
    const argv = ['dpkg-deb', '--extract', join(downloads, archive), folder] as const;
    await run({ argv, doing: `unpack ${archive}`, timeoutMs: downloadMs, signal });
  }
}
