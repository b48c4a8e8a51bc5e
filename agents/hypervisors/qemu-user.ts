// The user that QEMU runs as where the agent is root: a guest that breaks out of its QEMU then owns nothing on the node.
import { stat } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { run } from '../tools/run';

export type QemuUser = { uid: number; gid: number };

const userName = 'corral-qemu';
const timeoutMs = 10_000;
let known: QemuUser | null = null;

/** Looks the user up, or makes it; null where the agent is not root and QEMU runs as the agent's own user. */
export async function ensureQemuUser(agentUid = process.getuid?.() ?? 0): Promise<QemuUser | null> {
  if (agentUid !== 0) return null;
  known ??= (await findUser()) ?? (await makeUser());
  return known;
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

async function findUser(): Promise<QemuUser | null> {
  try {
    const argv = ['getent', 'passwd', userName] as const;
    const { stdout } = await run({ argv, doing: `look up the user ${userName}`, timeoutMs });
    const [, , uid, gid] = stdout.trim().split(':').map(Number);
    return uid && gid ? { uid, gid } : null;
  } catch (error) {
    if (error instanceof AppError && error.details['exitCode'] === 2) return null;
    throw error;
  }
}

async function makeUser(): Promise<QemuUser> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  const argv = ['useradd', ...options, '--shell', '/usr/sbin/nologin', userName] as const;
  const doing = `make the user ${userName}, whom QEMU runs as`;
  // Another agent on this node may have made it in the same moment.
  const failure: unknown = await run({ argv, doing, timeoutMs }).then(
    () => null,
    (error: unknown) => error,
  );
  const made = await findUser();
  if (made) return made;
  throw failure ?? new AppError('internal', `The user ${userName} was made but is not there`);
}
