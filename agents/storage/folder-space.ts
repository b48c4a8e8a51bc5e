// How much there is below a folder for disks, and what is said where it is not enough.
import { statfs } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { Pool } from '@/contract/schemas/disk';
import { formatMiB } from '@/contract/units';
import { makeFolder } from '../durable-file';

const bytesPerMiB = 1024 * 1024;
/** What disks never take, so that logs and definitions can still be written on a full node. */
const reserveMiB = { most: 512, share: 0.05 };

export type ReadSpace = (path: string) => Promise<{ bsize: number; blocks: number; bavail: number }>;

export type FolderSpace = {
  measure(): Promise<Pool>;
  /** `attempt` completes "Cannot …". */
  refuseUnlessFits(attempt: string, sizeMiB: number): Promise<void>;
  /** Runs what takes space; after a failure `undo`, and the numbers where the file system is full after all. */
  taking(
    attempt: string,
    sizeMiB: number,
    steps: { take(): Promise<void>; undo(): Promise<void> },
  ): Promise<void>;
};

export function createFolderSpace(folder: string, readSpace: ReadSpace = statfs): FolderSpace {
  const measure = async (): Promise<Pool> => {
    await makeFolder(folder);
    const { bsize, blocks, bavail } = await readSpace(folder);
    const totalMiB = Math.floor((blocks * bsize) / bytesPerMiB);
    const heldBackMiB = Math.ceil(Math.min(reserveMiB.most, totalMiB * reserveMiB.share));
    const freeMiB = Math.max(0, Math.floor((bavail * bsize) / bytesPerMiB) - heldBackMiB);
    return { kind: 'folder', name: folder, totalMiB, freeMiB };
  };
  return {
    measure,
    refuseUnlessFits: async (attempt, sizeMiB) => {
      const { freeMiB } = await measure();
      if (sizeMiB > freeMiB) throw noSpace({ attempt, sizeMiB, freeMiB });
    },
    taking: async (attempt, sizeMiB, { take, undo }) => {
      try {
        await take();
      } catch (error) {
        await undo();
        if (!(error instanceof AppError) || error.code !== 'no_resources') throw error;
        throw noSpace({ attempt, sizeMiB, freeMiB: (await measure()).freeMiB, cause: error });
      }
    },
  };
}

type Lack = { attempt: string; sizeMiB: number; freeMiB: number; cause?: unknown };

function noSpace({ attempt, sizeMiB, freeMiB, cause }: Lack): AppError {
  const needs = `it needs ${formatMiB(sizeMiB)}, the node has ${formatMiB(freeMiB)} left for disks`;
  return new AppError('no_resources', `Cannot ${attempt}: ${needs}`, {
    cause,
    details: { sizeMiB, freeMiB },
  });
}
