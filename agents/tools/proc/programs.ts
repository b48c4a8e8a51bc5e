// Which processes run a program, by the name that the kernel knows it by: proc(5), comm, fifteen letters at most.
import { readdir } from 'node:fs/promises';
import { identifyProcess, killProcess, readProc, readStartTime, waitForProcessEnd } from './process';

/** Living ones: what has ended and was not waited for still has its name. */
export async function pidsOf(program: string): Promise<number[]> {
  const pids = (await readdir('/proc')).map(Number).filter((pid) => pid > 0);
  const isIts = async (pid: number) =>
    (await readProc(pid, 'comm'))?.trim() === program && (await readStartTime(pid)) !== null;
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
