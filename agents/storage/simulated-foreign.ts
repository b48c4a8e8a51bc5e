// Volumes of a simulated pool that Corral did not make, in `<folder>/<volume>.foreign`: only numbers, like the others.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';

const Foreign = z.object({ sizeMiB: z.number().int(), isOpen: z.boolean() });
export type Foreign = z.infer<typeof Foreign>;

export type ForeignVolumes = {
  entries(): [string, Foreign][];
  get(name: string): Foreign | undefined;
  put(name: string, volume: Foreign): void;
  remove(name: string): void;
};

const ending = '.foreign';

export function openForeignVolumes(folder: string): ForeignVolumes {
  const fileOf = (name: string) => path.join(folder, `${name}${ending}`);
  const names = readdirSync(folder).filter((file) => file.endsWith(ending));
  const volumes = new Map(
    names.map((file) => [
      file.slice(0, -ending.length),
      Foreign.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
    ]),
  );
  return {
    entries: () => [...volumes],
    get: (name) => volumes.get(name),
    put: (name, volume) => {
      writeFileSync(fileOf(name), JSON.stringify(volume));
      volumes.set(name, volume);
    },
    remove: (name) => {
      rmSync(fileOf(name), { force: true });
      volumes.delete(name);
    },
  };
}
