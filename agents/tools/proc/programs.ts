// Which processes run a program, by the name that the kernel knows it by: proc(5), comm, fifteen letters at most.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { identifyProcess, killProcess, readStartTime, waitForProcessEnd } from '../qemu/process';

/** Living ones: what has ended and was not waited for still has its name. */
export async function pidsOf(program: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const isIts = async (pid: string) =>
    (await readProc(pid, 'comm')).trim() === program && (await readStartTime(Number(pid))) !== null;
  const found = await Promise.all(pids.map(isIts));
  return pids.filter((_, at) => found[at]);
}

const killMs = 15_000;

/** Kills every process that was started with this word among its arguments; false when one outlives that. */
export async function killByArgument(word: string): Promise<boolean> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0 && pid !== process.pid);
  const found = await Promise.all(pids.map((pid) => identifyProcess(pid, word)));
  const those = found.filter((one) => one !== null);
  for (const one of those) await killProcess(one);
  return (await Promise.all(those.map((one) => waitForProcessEnd(one, killMs)))).every(Boolean);
}

/** Nothing where there is no such process any more. */
export const readProc = (pid: string, file: string): Promise<string> =>
  readFile(join('/proc', pid, file), 'utf8').catch(() => '');
