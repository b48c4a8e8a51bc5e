// Where simulated disks are made: volumes that are only numbers, in `<folder>/<volume>.json`, and a capacity that runs out.
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import type { Pool } from '@/contract/schemas/disk';
import { formatMiB } from '@/contract/units';
import { type ForeignVolumes, openForeignVolumes } from './simulated-foreign';

const Volume = z.object({
  instanceId: Id,
  diskId: Id,
  sizeMiB: z.number().int(),
  /** `disk`: all of one; the others are parts of a mirror's side. */
  part: z.enum(['disk', 'data', 'meta', 'snapshot']).default('disk'),
  /** Stands for its contents; absent: zeros. */
  holds: z.string().optional(),
});
export type Volume = z.infer<typeof Volume>;

export type SimulatedPool = {
  readonly kind: Pool['kind'];
  readonly name: string;
  measure(): Pool;
  list(part: Volume['part']): (Volume & { name: string })[];
  /** What somebody else made in it. */
  readonly foreign: ForeignVolumes;
  /** All of them by their names. */
  entries(): [string, Volume][];
  get(name: string): Volume | undefined;
  /** `no_resources` with the numbers where `sizeMiB` does not fit. */
  refuseUnlessFits(sizeMiB: number): void;
  /** Makes a volume, or gives one another size. */
  put(name: string, volume: Volume): void;
  remove(name: string): void;
  /** Makes all volumes of a disk those of another instance; `not_found` where there are none. */
  giveOf(diskId: string, toInstanceId: string): void;
  /** Removes all volumes of a disk. */
  removeOf(diskId: string): void;
};

type PoolRequest = { kind: Pool['kind']; name: string; folder: string; capacityMiB: number };

export function openSimulatedPool({ kind, name, folder, capacityMiB }: PoolRequest): SimulatedPool {
  const volumes = readVolumes(folder);
  const foreign = openForeignVolumes(folder);
  const fileOf = (volume: string) => path.join(folder, `${volume}.json`);
  const measure = (): Pool => {
    const all = [...volumes.values(), ...foreign.entries().map(([, made]) => made)];
    const usedMiB = all.reduce((sum, { sizeMiB }) => sum + sizeMiB, 0);
    return { kind, name, totalMiB: capacityMiB, freeMiB: capacityMiB - usedMiB };
  };
  const put = (volume: string, made: Volume) => {
    writeWhole(fileOf(volume), JSON.stringify(made));
    volumes.set(volume, made);
  };
  const remove = (volume: string) => {
    rmSync(fileOf(volume), { force: true });
    volumes.delete(volume);
  };
  return {
    kind,
    name,
    measure,
    foreign,
    list: (part) =>
      [...volumes].flatMap(([volume, made]) => (made.part === part ? [{ ...made, name: volume }] : [])),
    entries: () => [...volumes],
    get: (volume) => volumes.get(volume),
    refuseUnlessFits: (sizeMiB) => {
      const { freeMiB } = measure();
      if (sizeMiB <= freeMiB) return;
      throw new AppError('no_resources', `${formatMiB(sizeMiB)} needed, ${formatMiB(freeMiB)} free`, {
        details: { neededMiB: sizeMiB, freeMiB },
      });
    },
    put,
    remove,
    giveOf: (diskId, instanceId) => {
      const all = [...volumes].filter(([, made]) => made.diskId === diskId);
      if (all.length === 0) throw new AppError('not_found', `disk ${diskId} does not exist`);
      for (const [volume, made] of all) put(volume, { ...made, instanceId });
    },
    removeOf: (diskId) => {
      for (const [volume, made] of volumes) if (made.diskId === diskId) remove(volume);
    },
  };
}

export function writeWhole(file: string, text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

function readVolumes(folder: string): Map<string, Volume> {
  mkdirSync(folder, { recursive: true });
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return new Map(
    files.map((file) => [
      file.slice(0, -'.json'.length),
      Volume.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))),
    ]),
  );
}
