// The device model of a domain: a QEMU that emulates a PC's devices and draws screens. The guest may outlive it, but not as it was.
import { isAlive, type ProcessIdentity, readStartTime } from '../tools/proc/process';
import { readStore } from '../tools/xenstore/xenstore';

export const modelIsGone =
  'Its device model (QEMU) has ended on the node: the screen and emulated devices are gone until it is stopped and started.';

/** null where the domain has none. */
export async function findModel(domid: number): Promise<ProcessIdentity | null> {
  const pid = Number(await readStore(`/local/domain/${domid}/image/device-model-pid`));
  if (!pid) return null;
  // One that is gone already has no start time, and is never alive.
  return { pid, startTime: (await readStartTime(pid)) ?? -1 };
}

export async function hasLostModel(model: ProcessIdentity | null): Promise<boolean> {
  return model !== null && !(await isAlive(model));
}
