// Whether this node can mirror disks, and with which line of DRBD.
import { readFile, writeFile } from 'node:fs/promises';
import { ifMissing } from '../../missing-file';
import { run } from '../run';
import { procDrbd } from './drbd-view';
import { parseDrbdLine } from './parse-proc';

const helperParameter = '/sys/module/drbd/parameters/usermode_helper';
const timeoutMs = 30_000;

/** Loads the module where it is not yet; null where the kernel has none, or the node not the tools for it. */
export async function findDrbdLine(): Promise<8 | 9 | null> {
  const readVersion = () => readFile(procDrbd, 'utf8').catch(ifMissing(''));
  if ((await readVersion()) === '') await succeeds(['modprobe', 'drbd']);
  const line = parseDrbdLine(await readVersion());
  if (line === null || !(await succeeds(['drbdsetup', 'events2', '--now']))) return null;
  // By itself the kernel asks drbdadm before each synchronisation, which knows only what stands in files of its own and would refuse.
  await writeFile(helperParameter, '/bin/true');
  return line;
}

const succeeds = (argv: readonly [string, ...string[]]): Promise<boolean> =>
  run({ argv, doing: 'look for DRBD', timeoutMs }).then(
    () => true,
    () => false,
  );
