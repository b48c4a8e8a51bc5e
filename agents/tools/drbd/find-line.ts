// Whether this node can mirror disks, and with which line of DRBD.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ifMissing } from '../../missing-file';
import { run } from '../run';
import { runsXen } from '../xl/detect';
import { procDrbd } from './drbd-view';
import { parseDrbdLine } from './parse-proc';

const parameters = '/sys/module/drbd/parameters';
const timeoutMs = 30_000;

/** Loads the module where it is not yet; null where the kernel has none, or the node not the tools for it. */
export async function findDrbdLine(): Promise<8 | 9 | null> {
  const readVersion = () => readFile(procDrbd, 'utf8').catch(ifMissing(''));
  if ((await readVersion()) === '') await succeeds(['modprobe', 'drbd']);
  const line = parseDrbdLine(await readVersion());
  if (line === null || !(await succeeds(['drbdsetup', 'events2', '--now']))) return null;
  // By itself the kernel asks drbdadm before each synchronisation, which knows only what stands in files of its own and would refuse.
  await writeFile(join(parameters, 'usermode_helper'), '/bin/true');
  // What the other side has not confirmed lies in the network's queues as pages of the guest itself, or else as copies. With its own, Xen could not
  // take a domain apart while the link is cut: for minutes, it would neither stop nor start on the other node.
  if (await runsXen()) await writeFile(join(parameters, 'disable_sendpage'), 'Y').catch(ifMissing(undefined));
  return line;
}

const succeeds = (argv: readonly [string, ...string[]]): Promise<boolean> =>
  run({ argv, doing: 'look for DRBD', timeoutMs }).then(
    () => true,
    () => false,
  );
