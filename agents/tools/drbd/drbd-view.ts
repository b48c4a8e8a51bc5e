// What the node says of its mirrors; changes nothing.
import { readFile } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { run } from '../run';
import type { Argv, DrbdArgs, Target } from './args';
import { parseGenerations } from './parse-generations';
import { endsInSplitBrain } from './parse-kernel-log';
import { parseProcDrbd } from './parse-proc';
import { parseShow, parseShowAll, type Shown } from './parse-show';
import { parseStatus } from './parse-status';
import { downState, type DeviceState } from './states';

const timeoutMs = 60_000;
export const procDrbd = '/proc/drbd';

export function createDrbdView(line: 8 | 9, args: DrbdArgs) {
  /** Of all devices, by minor. 8.4 tells without a program being started. */
  const readStates = async (): Promise<Map<number, DeviceState>> => {
    if (line === 8) return parseProcDrbd(await readFile(procDrbd, 'utf8'));
    const argv = ['drbdsetup', 'status', '--json'] as const;
    return parseStatus((await run({ argv, doing: 'read the state of the mirrors', timeoutMs })).stdout);
  };
  return {
    readStates,
    async readState({ mirror }: Target): Promise<DeviceState> {
      return (await readStates()).get(mirror.minor) ?? downState;
    },
    /** Empty where the device has none to tell of. */
    async readGenerations(target: Target): Promise<string[]> {
      const text = await call(target, 'read the data generations', args.generations(target)).catch(
        ifRefused(/unconfigured|not allocated|unknown|no disk/i, ''),
      );
      return parseGenerations(text);
    },
    /** null where nothing is set up under the name. */
    async show(target: Target): Promise<Shown | null> {
      const text = await call(target, 'look at the set-up', args.show(target)).catch(
        ifRefused(/no such device|no such resource/i, ''),
      );
      return parseShow(text);
    },
    async showAll(): Promise<Map<string, Shown>> {
      const argv = ['drbdsetup', 'show'] as const;
      return parseShowAll(
        (await run({ argv, doing: 'look at the set-up of the mirrors', timeoutMs })).stdout,
      );
    },
    /** Whether the kernel's log tells that it was a split brain that ended its connection. */
    async wasSplit({ resource, mirror }: Target): Promise<boolean> {
      const { stdout } = await run({ argv: ['dmesg'], doing: "read the kernel's log", timeoutMs });
      return endsInSplitBrain(stdout, { resource, minor: mirror.minor });
    },
  };
}

/** Errors never show the mirror's secret. */
export async function call(target: Target, doing: string, argv: Argv): Promise<string> {
  const secrets = [target.mirror.secret];
  return (await run({ argv, doing: `${doing} of ${target.resource}`, timeoutMs, secrets })).stdout;
}

export function isRefused(error: unknown, words: RegExp): boolean {
  return error instanceof AppError && error.code === 'tool_failed' && words.test(error.message);
}

export function ifRefused<T>(words: RegExp, instead: T): (error: unknown) => T {
  return (error) => {
    if (isRefused(error, words)) return instead;
    throw error;
  };
}
