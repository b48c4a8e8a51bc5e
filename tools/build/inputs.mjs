// What each part of a build is made from, as one hash, so that an unchanged part is not built again.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

const lock = 'package-lock.json';

export const inputs = {
  prismaClient: ['prisma/schema.prisma', 'prisma.config.ts', lock],
  pageTypes: ['app', 'next.config.ts', 'tsconfig.json', lock],
  pages: [
    ...['app', 'components', 'client', 'contract', 'server', 'messages', 'prisma/schema.prisma'],
    ...['next.config.ts', 'postcss.config.mjs', 'proxy.ts', 'tsconfig.json', lock],
  ],
  programs: ['contract', 'server', 'agents', 'lab', 'tools', 'prisma/schema.prisma', 'tsconfig.json', lock],
};

/** Tests and what the build itself writes. */
const ignored = /\.(test|lab)\.tsx?$|(^|\/)(testing|node_modules)\/|^server\/db\/generated\//;

/**
 * @param {string} root
 * @param {string[]} places files and folders, from the root
 */
export function hashInputs(root, places) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const file of places.flatMap((place) => listFiles(root, place))) {
    hash.update(`\n${file}\n`).update(readFileSync(path.join(root, file)));
  }
  return hash.digest('hex');
}

function listFiles(root, place) {
  const stats = statSync(path.join(root, place), { throwIfNoEntry: false });
  if (!stats) return [];
  if (stats.isFile()) return [place];
  return readdirSync(path.join(root, place), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .filter((file) => !ignored.test(file))
    .sort();
}

function recordFile(root) {
  return path.join(root, 'dist', '.build-hash');
}

/** @returns {Record<string, string>} the hash at which each part was last built */
export function readBuilt(root) {
  if (!existsSync(recordFile(root))) return {};
  try {
    return JSON.parse(readFileSync(recordFile(root), 'utf8'));
  } catch {
    return {}; // a write that was cut short: build again
  }
}

export { recordFile };
