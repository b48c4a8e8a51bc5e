// The user that QEMU runs as where the agent is root: a guest that breaks out of its QEMU then owns nothing on the node.
import { stat } from 'node:fs/promises';
import { ensureSystemUser, type SystemUser } from '../system-user';

export type QemuUser = SystemUser;

/** null where the agent is not root and QEMU runs as the agent's own user. */
export function ensureQemuUser(agentUid?: number): Promise<QemuUser | null> {
  return ensureSystemUser({ name: 'corral-qemu', purpose: 'whom QEMU runs as' }, agentUid);
}

/** The user with the group it needs to open the devices; null where it cannot, and QEMU has to stay root. */
export async function userWithDevices(user: QemuUser, devices: string[]): Promise<QemuUser | null> {
  let gid = user.gid;
  for (const device of devices) {
    const { mode, gid: group } = await stat(device);
    if ((mode & 0o006) === 0o006) continue;
    // A process gets one group from its parent; root's would be no gain.
    const isOpenToGroup = (mode & 0o060) === 0o060 && group !== 0 && [user.gid, group].includes(gid);
    if (!isOpenToGroup) return null;
    gid = group;
  }
  return { ...user, gid };
}
