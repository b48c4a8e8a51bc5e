// Loop devices: block devices over files. Wraps losetup(8).
// Invariant: a file has one loop device at most. Two over the same file would each keep what the other one does not know of.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { createKeyedLocks } from '../../keyed-locks';
import { run } from '../run';

const timeoutMs = 60_000;
/** losetup looks for a device of the file and makes one in two moves: of several at once, each would make its own. */
const turns = createKeyedLocks();

export type LoopDevice = {
  /** "/dev/loop0". */
  path: string;
  /** As the kernel knows it: renamed with the file, and without symbolic links. */
  backFile: string;
  /** The file is gone, and what it held stays on the disk until the device is. */
  isDeleted: boolean;
};

export function createLosetup() {
  return {
    list: listLoopDevices,
    /** Answers the device over the file, which is made where there is none; one that was to go with its last user stays. */
    attach: (file: string): Promise<string> => turns.run(file, () => attach(file)),
    /** What still has the device open keeps it until it closes it, and nothing is refused. Nothing where it is gone already. */
    async detach(path: string): Promise<void> {
      const argv = ['losetup', '--detach', path] as const;
      await run({ argv, doing: `detach the loop device ${path}`, timeoutMs }).catch(unlessGone);
    },
    /** Gives the device the size that its file has now; also while it is in use. */
    async fitToFile(path: string): Promise<void> {
      const argv = ['losetup', '--set-capacity', path] as const;
      await run({ argv, doing: `set the size of the loop device ${path}`, timeoutMs });
    },
  };
}
export type Losetup = ReturnType<typeof createLosetup>;

async function listLoopDevices(): Promise<LoopDevice[]> {
  const argv = ['losetup', '--list', '--json', '--output', 'NAME,BACK-FILE'] as const;
  return parseLoopDevices((await run({ argv, doing: 'list the loop devices', timeoutMs })).stdout);
}

async function attach(file: string): Promise<string> {
  const argv = ['losetup', '--find', '--show', '--nooverlap', file] as const;
  const { stdout } = await run({ argv, doing: `make a loop device of ${file}`, timeoutMs });
  const path = stdout.trim();
  // Past the page cache, which the guest has one of. Only now: asked for together with the device, it makes its sectors those of the disk
  // below, so that a guest would not find its partitions again on another node. Where they are larger than 512 bytes, or the file system
  // cannot do it, the device works nevertheless.
  const direct = ['losetup', '--direct-io=on', path] as const;
  await run({ argv: direct, doing: `have ${path} pass the page cache`, timeoutMs }).catch(unlessRefused);
  return path;
}

const Listed = z.object({
  loopdevices: z.array(z.object({ name: z.string(), 'back-file': z.string().nullable() })),
});
const deletedMark = ' (deleted)';

/** Nothing at all is what some versions say of no devices. */
export function parseLoopDevices(json: string): LoopDevice[] {
  if (json.trim() === '') return [];
  return Listed.parse(JSON.parse(json)).loopdevices.map(({ name, 'back-file': file }) => {
    const isDeleted = file?.endsWith(deletedMark) ?? false;
    const backFile = (isDeleted ? file?.slice(0, -deletedMark.length) : file) ?? '';
    return { path: name, backFile, isDeleted };
  });
}

function unlessRefused(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'tool_failed') throw error;
}

function unlessGone(error: unknown): void {
  if (error instanceof AppError && /No such (device|file)/.test(error.message)) return;
  throw error;
}
