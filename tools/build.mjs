// Builds what is out of date: the Prisma client, the pages (.next) and the programs (dist/*.mjs).
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundlePrograms, programs } from './build/bundles.mjs';
import { hashInputs, inputs, readBuilt, recordFile } from './build/inputs.mjs';
import { exitWithError, step } from './setup/report.mjs';
import { mustRun } from './setup/run-command.mjs';

const parts = {
  prismaClient: {
    title: 'Generating the database client',
    outputs: ['server/db/generated/client.ts'],
    build: (root) => runModule(root, 'prisma/build/index.js', ['generate']),
  },
  pageTypes: {
    title: 'Generating the types of the pages',
    outputs: ['.next/types/routes.d.ts'],
    build: (root) => runModule(root, 'next/dist/bin/next', ['typegen']),
  },
  pages: {
    title: 'Building the pages',
    outputs: ['.next/BUILD_ID'],
    build: (root) => runModule(root, 'next/dist/bin/next', ['build', '--turbopack']),
  },
  programs: {
    title: 'Bundling the programs',
    outputs: programs.map(({ output }) => `dist/${output}`),
    build: (root) => bundlePrograms(root),
  },
};

/** @param {string} root */
export async function ensureBuilt(root) {
  await ensureParts(root, ['prismaClient']);
  await ensureParts(root, ['pages', 'programs']);
}

/** For development, where Next builds each page when it is asked for. */
export async function ensureProgramsBuilt(root) {
  await ensureParts(root, ['prismaClient']);
  await ensureParts(root, ['programs']);
}

/** For checks that read types but run nothing. */
export async function ensureGenerated(root) {
  await ensureParts(root, ['prismaClient', 'pageTypes']);
}

async function ensureParts(root, names) {
  const results = await Promise.allSettled(names.map((name) => ensurePart(root, name)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}

async function ensurePart(root, name) {
  const { title, outputs, build } = parts[name];
  // Taken before the build: what is edited meanwhile is built next time.
  const hash = hashInputs(root, inputs[name]);
  const isBuilt = outputs.every((output) => existsSync(path.join(root, output)));
  if (isBuilt && readBuilt(root)[name] === hash) return;
  await step(title, () => build(root));
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  writeFileSync(recordFile(root), `${JSON.stringify({ ...readBuilt(root), [name]: hash }, null, 2)}\n`);
}

function runModule(root, program, args) {
  const env = { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' };
  return mustRun(process.execPath, [path.join(root, 'node_modules', program), ...args], { cwd: root, env });
}

if (process.argv[1] === import.meta.filename) {
  await ensureBuilt(path.join(import.meta.dirname, '..')).catch(exitWithError);
}
