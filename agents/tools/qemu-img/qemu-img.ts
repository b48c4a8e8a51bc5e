// Runs qemu-img: on images that strangers made as a user of its own, within limits and without a network; on our own plain files as itself.
import { stat } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { ForeignFormat } from '@/contract/schemas/image';
import { ensureSystemUser, type SystemUser } from '../../system-user';
import { run, runGroup } from '../run';
import {
  buildCheckArgs,
  buildInfoArgs,
  buildMeasureArgs,
  buildNormaliseArgs,
  buildSaveArgs,
  buildWriteArgs,
  confine,
} from './args';
import { parseInfo, parseMeasure, parseProgress } from './parse';

export type ImageReport = { progress(done: number): void; signal?: AbortSignal };

/** What is done to image files. `folder` is where they lie; its files and itself belong to `owner`. */
export type ImageTool = {
  /** Its version; null where it is not installed. */
  version(): Promise<string | null>;
  /** Whom the files of strangers are given to; null: they stay the agent's. */
  owner(): Promise<SystemUser | null>;
  /** Refuses (`invalid`) what is broken or does not stand alone; answers how big its plain file will be, and how much of it is taken up. */
  check(
    folder: string,
    file: string,
    report: ImageReport,
  ): Promise<{ virtualBytes: number; usedBytes: number }>;
  /** Makes the plain file `to`, in which zeros take up no room. */
  normalise(
    files: { folder: string; from: string; to: string; virtualBytes: number },
    report: ImageReport,
  ): Promise<void>;
  /** Puts a plain file onto a disk, from its first byte on; zeros too. */
  write(files: { from: string; to: string }, report: ImageReport): Promise<void>;
  /** Makes an image of a disk, whose zeros take up no room in it; answers its format. */
  save(files: { from: string; to: string }, report: ImageReport): Promise<ForeignFormat>;
};

const checkLimits = { memoryMiB: 1_024, cpuS: 120, fileBytes: 0 };
const normaliseLimits = { memoryMiB: 2_048, cpuS: 1_800 };
const checkMs = 300_000;
const convertMs = 3_600_000;
const usualPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function createQemuImg(): ImageTool {
  const owner = () =>
    ensureSystemUser({ name: 'corral-image', purpose: 'whom the images of strangers are read as' });
  const ask = async (argv: [string, ...string[]], folder: string, { signal }: ImageReport) => {
    const confined = confine(argv, { ...checkLimits, user: await owner() });
    const doing = 'check the image';
    return (await run({ argv: confined, doing, cwd: folder, timeoutMs: checkMs, signal })).stdout;
  };
  return {
    async version() {
      const request = { argv: ['qemu-img', '--version'], doing: 'ask qemu-img', timeoutMs: 120_000 } as const;
      // A node that is slow to answer has it nevertheless.
      const said = await run(request).catch((error: unknown) => {
        if (error instanceof AppError && error.code === 'timeout') throw error;
        return null;
      });
      return /version (\S+)/.exec(said?.stdout ?? '')?.[1] ?? null;
    },
    owner,
    async check(folder, file, report) {
      const { virtualBytes, whyNot } = parseInfo(await ask(buildInfoArgs(file), folder, report));
      if (whyNot) throw new AppError('invalid', `The image ${whyNot}`);
      await ask(buildCheckArgs(file), folder, report).catch(refuseUnlessLeaky);
      return { virtualBytes, usedBytes: parseMeasure(await ask(buildMeasureArgs(file), folder, report)) };
    },
    async normalise({ folder, from, to, virtualBytes }, report) {
      const limits = { ...normaliseLimits, fileBytes: virtualBytes, user: await owner() };
      await convert(confine(buildNormaliseArgs(from, to), limits), folder, report);
    },
    async write({ from, to }, report) {
      const isDevice = (await stat(to)).isBlockDevice();
      await convert(buildWriteArgs(from, { path: to, isDevice }), '/', report);
    },
    async save({ from, to }, report) {
      await convert(buildSaveArgs(from, to), '/', report);
      return 'qcow2';
    },
  };
}

/** Exit code 3: clusters that nothing refers to, which the plain file will be without. */
function refuseUnlessLeaky(error: unknown): void {
  if (!(error instanceof AppError) || error.code !== 'tool_failed') throw error;
  if (error.details['exitCode'] === 3) return;
  throw new AppError('invalid', 'The image is broken: qemu-img check found errors', {
    cause: error,
    details: error.details,
  });
}

async function convert(argv: [string, ...string[]], cwd: string, report: ImageReport): Promise<void> {
  const words: string[] = [];
  const onLine = (line: string) => {
    const done = parseProgress(line);
    if (done !== null) report.progress(done);
    else if (line.trim() !== '') words.push(line.trim());
  };
  const env = { PATH: usualPath, LC_ALL: 'C.UTF-8' };
  const { exitCode, exitSignal, stopped } = await runGroup({
    ...{ argv, cwd, env, onLine, timeoutMs: convertMs, signal: report.signal },
  });
  if (stopped === 'canceled') throw new AppError('canceled', 'Canceled while converting the image');
  if (stopped) throw new AppError('timeout', `Converting the image took more than ${convertMs / 60_000} min`);
  if (exitCode === 0) return;
  const why = words.slice(-3).join(' ').slice(-500) || exitSignal || `exit code ${exitCode}`;
  throw new AppError('tool_failed', `qemu-img: ${why}`, { details: { argv, exitCode } });
}
