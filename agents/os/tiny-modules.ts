// Picks kernel modules and what they depend on out of a module tree, in the order in which they must be loaded.
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { AppError } from '@/contract/errors';
import { run } from '../tools/run';

export type KernelModule = { name: string; data: Buffer };

/** Module names as the kernel says them; each comes after all it depends on. Names that are built into the kernel are left out. */
export async function collectModules(
  folder: string,
  wanted: string[],
  builtin: string[],
): Promise<KernelModule[]> {
  const paths = await findModules(folder);
  const collected = new Map<string, KernelModule>();
  const collect = async (name: string): Promise<void> => {
    if (collected.has(name) || builtin.includes(name)) return;
    const path = paths.get(name);
    if (!path) throw new AppError('not_found', `The kernel package has no module ${name}`);
    const data = await readModule(path);
    for (const dependency of parseDepends(data)) await collect(dependency);
    collected.set(name, { name, data });
  };
  for (const name of wanted) await collect(name);
  return [...collected.values()];
}

/** File names use - and _ as they like; the kernel's name has only _. */
export const moduleName = (path: string) =>
  basename(path)
    .replace(/\.ko.*$/, '')
    .replaceAll('-', '_');

/** The `depends=` entry of a module's .modinfo section: NUL-terminated words. */
export function parseDepends(module: Buffer): string[] {
  const key = Buffer.from('\0depends=');
  const at = module.indexOf(key);
  if (at < 0) return [];
  const start = at + key.length;
  const text = module.toString('latin1', start, module.indexOf(0, start));
  return text === '' ? [] : text.split(',').map((name) => name.replaceAll('-', '_'));
}

async function findModules(folder: string): Promise<Map<string, string>> {
  const files = await readdir(folder, { recursive: true });
  const modules = files.filter((file) => /\.ko(?:\.(?:xz|gz|zst))?$/.test(file));
  return new Map(modules.map((file) => [moduleName(file), join(folder, file)]));
}

const unpackers: Record<string, string> = { '.xz': 'xz', '.gz': 'gzip', '.zst': 'zstd' };

async function readModule(path: string): Promise<Buffer> {
  const unpacker = unpackers[/\.(?:xz|gz|zst)$/.exec(path)?.[0] ?? ''];
  if (!unpacker) return readFile(path);
  // Into a file beside it: what programs print is text here.
  await run({
    argv: [unpacker, '-d', '-k', '-f', path],
    doing: `unpack ${basename(path)}`,
    timeoutMs: 60_000,
  });
  return readFile(path.replace(/\.(?:xz|gz|zst)$/, ''));
}
