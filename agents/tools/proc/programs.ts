// Which processes run a program, by the name that the kernel knows it by: proc(5), comm, fifteen letters at most.
import { readFileSync } from 'node:fs';
import { listPids, unlessHidden } from './descriptors';
import { identifyProcess, killProcess, readStartTime, waitForProcessEnd } from './process';

/** Living ones: what has ended and was not waited for still has its name. */
export async function pidsOf(program: string): Promise<number[]> {
  const named = listPids().filter((pid) => nameOf(pid) === program);
  const started = await Promise.all(named.map(readStartTime));
  return named.filter((_, at) => started[at] !== null);
}

/** null where there is no such process any more. */
export function nameOf(pid: number): string | null {
  return unlessHidden(() => readFileSync(`/proc/${pid}/comm`, 'utf8').trim());
}

const killMs = 15_000;

/** Kills every process that was started with this word among its arguments; false when one outlives that. */
export async function killByArgument(word: string): Promise<boolean> {
  const pids = listPids().filter((pid) => pid !== process.pid);
  const found = await Promise.all(pids.map((pid) => identifyProcess(pid, word)));
  const those = found.filter((one) => one !== null);
  for (const one of those) await killProcess(one);
  return (await Promise.all(those.map((one) => waitForProcessEnd(one, killMs)))).every(Boolean);
}
