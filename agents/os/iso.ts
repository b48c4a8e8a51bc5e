// Boots an ISO file from the node's ISO folder; the guest's own installer does the rest.
import { mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import { IsoName } from '@/contract/names';
import type { OsDriver } from './os-definition';

export function createIsoOs(folder: string): OsDriver {
  return {
    kind: 'iso',
    async prepare() {
      await mkdir(folder, { recursive: true, mode: 0o755 });
    },
    offer: () => null,
    async install() {},
    async boot({ name, os }) {
      if (os.kind !== 'iso') throw new AppError('internal', `${name} does not boot from an ISO file`);
      return { kind: 'iso', path: await findIso({ folder, file: os.iso, instance: name }) };
    },
  };
}

/** Files in the ISO folder that an instance may boot from. */
export async function listIsos(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const files = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => entry.name);
  return files.filter((name) => IsoName.safeParse(name).success).sort();
}

async function findIso(request: { folder: string; file: string; instance: string }): Promise<string> {
  const { folder, file, instance } = request;
  const name = IsoName.parse(file);
  // QEMU gets the file itself: an operator may have linked it from elsewhere.
  const path = await realpath(join(folder, name)).catch(() => null);
  if (path && (await stat(path)).isFile()) return path;
  const there = await listIsos(folder);
  const known = there.length === 0 ? 'holds none' : `holds ${there.join(', ')}`;
  throw new AppError(
    'not_found',
    `Cannot boot ${instance} from ${name}: the node's folder ${folder} ${known}`,
    {
      details: { iso: name, isos: there },
    },
  );
}
