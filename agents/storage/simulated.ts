// Disks that are only numbers: sizes in `<folder>/<disk id>.json`, and a capacity that runs out.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { formatMiB } from '@/contract/units';
import type { Faults } from '../simulated-faults';
import type { DiskRef, Report, Storage } from './block-device';

export type SimulatedStorageRequest = {
  folder: string;
  capacityMiB: number;
  faults: Faults;
  /** Names of instances, for the sentinel names. */
  nameOf?(instanceId: string): string | undefined;
  /** How long a `slow-disk-` instance's disk takes. */
  slowMs?: number;
};

const Disk = z.object({ instanceId: Id, diskId: Id, sizeMiB: z.number().int() });
type Disk = z.infer<typeof Disk>;

export async function createSimulatedStorage(request: SimulatedStorageRequest): Promise<Storage> {
  const { folder, capacityMiB, faults, nameOf = () => undefined, slowMs = 10_000 } = request;
  const disks = await readDisks(folder);
  const fileOf = (diskId: string) => path.join(folder, `${diskId}.json`);
  const usedMiB = () => [...disks.values()].reduce((sum, disk) => sum + disk.sizeMiB, 0);

  return {
    template: 'simulated',
    create: async ({ instanceId, diskId, sizeMiB }, report) => {
      await faults.pass('storage.create', report.signal);
      const name = nameOf(instanceId) ?? '';
      if (name.startsWith('fail-disk-')) throw new AppError('tool_failed', 'simulated failure of the disk');
      if (disks.get(diskId)?.sizeMiB === sizeMiB) return;
      if (disks.has(diskId)) throw new AppError('already_exists', 'the disk exists with another size');
      refuseTooLarge(sizeMiB, capacityMiB - usedMiB());
      if (name.startsWith('slow-disk-')) await takeTime(slowMs, report);
      const disk = { instanceId, diskId, sizeMiB };
      disks.set(diskId, disk);
      await writeWhole(fileOf(diskId), JSON.stringify(disk));
      report.progress(1);
    },
    assemble: async ({ diskId }) => {
      await faults.pass('storage.assemble');
      if (!disks.has(diskId)) throw new AppError('not_found', `disk ${diskId} does not exist`);
      return { path: fileOf(diskId) };
    },
    shutdown: () => faults.pass('storage.shutdown'),
    remove: async ({ diskId }: DiskRef) => {
      await faults.pass('storage.remove');
      await rm(fileOf(diskId), { force: true });
      disks.delete(diskId);
    },
    list: async () => [...disks.values()],
    capacity: async () => ({ path: folder, totalMiB: capacityMiB, freeMiB: capacityMiB - usedMiB() }),
  };
}

function refuseTooLarge(sizeMiB: number, freeMiB: number): void {
  if (sizeMiB <= freeMiB) return;
  throw new AppError('no_resources', `${formatMiB(sizeMiB)} needed, ${formatMiB(freeMiB)} free`, {
    details: { neededMiB: sizeMiB, freeMiB },
  });
}

async function readDisks(folder: string): Promise<Map<string, Disk>> {
  await mkdir(folder, { recursive: true });
  const disks = new Map<string, Disk>();
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.json')) continue;
    const disk = Disk.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8')));
    disks.set(disk.diskId, disk);
  }
  return disks;
}

async function writeWhole(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

const slowSteps = 20;

async function takeTime(wholeMs: number, report: Report): Promise<void> {
  for (let step = 1; step <= slowSteps; step += 1) {
    await new Promise((resolve) => setTimeout(resolve, wholeMs / slowSteps));
    if (report.signal?.aborted) throw new AppError('canceled', 'canceled');
    report.progress(step / slowSteps);
    if (step % 5 === 0) report.log(`${(step / slowSteps) * 100} % written`);
  }
}
