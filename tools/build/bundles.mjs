// The programs that run, each bundled into one file of dist/.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { SetupError } from '../setup/report.mjs';

/** @typedef {{ entry: string, output: string, isStandalone?: boolean }} Program */

/**
 * Standalone programs carry their packages with them: an agent's node has no node_modules.
 * @type {Program[]}
 */
export const programs = [
  { entry: 'server/web.ts', output: 'web.mjs' },
  { entry: 'server/engine.ts', output: 'engine.mjs' },
  { entry: 'server/bootstrap.ts', output: 'bootstrap.mjs' },
  { entry: 'tools/supervisor.ts', output: 'supervisor.mjs' },
  { entry: 'lab/main.ts', output: 'lab.mjs' },
  { entry: 'agents/main.ts', output: 'agent.mjs', isStandalone: true },
  { entry: 'agents/simulated-main.ts', output: 'simulated-agents.mjs', isStandalone: true },
];

/** Packages in CommonJS call require() even when they are bundled into a module. */
const requireBanner =
  "import { createRequire as corralCreateRequire } from 'node:module';\n" +
  'const require = corralCreateRequire(import.meta.url);';

/** An agent speaks English only; zod would bring its messages in sixty languages, a third of the bundle. */
const onlyEnglish = {
  name: 'only-english',
  setup(build) {
    const contents = "export { default as en } from './en.js';";
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({ contents }));
  },
};

/**
 * @param {string} root
 * @param {Program[]} [wanted]
 */
export async function bundlePrograms(root, wanted = programs) {
  const { build } = await import('esbuild');
  const absent = wanted.find(({ entry }) => !existsSync(path.join(root, entry)));
  if (absent)
    throw new SetupError(`Cannot build dist/${absent.output}: its entry ${absent.entry} does not exist`);
  try {
    await Promise.all(wanted.map((program) => build(bundleOptions(root, program))));
  } catch (error) {
    throw new SetupError(error.message);
  }
}

/**
 * @param {string} root
 * @param {Program} program
 * @returns {import('esbuild').BuildOptions}
 */
export function bundleOptions(root, { entry, output, isStandalone = false }) {
  return {
    absWorkingDir: root,
    entryPoints: [entry],
    outfile: path.join('dist', output),
    tsconfig: path.join(root, 'tsconfig.json'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    minify: isStandalone,
    keepNames: isStandalone,
    logLevel: 'silent',
    define: { 'process.env.NODE_ENV': '"production"' },
    ...(isStandalone ? { banner: { js: requireBanner }, plugins: [onlyEnglish] } : { packages: 'external' }),
  };
}
