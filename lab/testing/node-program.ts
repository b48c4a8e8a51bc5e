// Programs of ours for nodes in which no agent runs, each bundled into one file and put there.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build, type BuildOptions } from 'esbuild';
import { bundleOptions } from '@/tools/build/bundles.mjs';
import type { LabNode } from '../lab-node';

const root = join(import.meta.dirname, '../..');

/** `entry` from the root of the repository. */
export async function bundleProgram(entry: string, options: BuildOptions = {}): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'node-program-'));
  const outfile = join(folder, 'program.mjs');
  const program = { entry, output: '', isStandalone: true };
  try {
    await build({ ...bundleOptions(root, program), outfile, sourcemap: false, ...options });
    return await readFile(outfile);
  } finally {
    await rm(folder, { recursive: true });
  }
}

export async function putProgram(node: LabNode, program: Buffer, path: string): Promise<void> {
  const packed = gzipSync(program).toString('base64');
  await node.run(`base64 -d <<'@' | gzip -d > ${path}\n${packed}\n@`);
}
