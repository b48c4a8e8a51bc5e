// Users of the node that the agent, where it is root, gives up its rights to: a program that is broken into then owns nothing here.
import { AppError } from '@/contract/errors';
import { run } from './tools/run';

export type SystemUser = { uid: number; gid: number };

const timeoutMs = 10_000;
const known = new Map<string, Promise<SystemUser>>();

/** Looks the user up, or makes it; null where the agent is not root and programs run as the agent's own user. `purpose`: "whom QEMU runs as". */
export async function ensureSystemUser(
  { name, purpose }: { name: string; purpose: string },
  agentUid = process.getuid?.() ?? 0,
): Promise<SystemUser | null> {
  if (agentUid !== 0) return null;
  const asked = known.get(name) ?? findUser(name).then((user) => user ?? makeUser(name, purpose));
  known.set(name, asked);
  asked.catch(() => known.delete(name));
  return asked;
}

async function findUser(name: string): Promise<SystemUser | null> {
  try {
    const argv = ['getent', 'passwd', name] as const;
    const { stdout } = await run({ argv, doing: `look up the user ${name}`, timeoutMs });
    const [, , uid, gid] = stdout.trim().split(':').map(Number);
    return uid && gid ? { uid, gid } : null;
  } catch (error) {
    if (error instanceof AppError && error.details['exitCode'] === 2) return null;
    throw error;
  }
}

async function makeUser(name: string, purpose: string): Promise<SystemUser> {
  const options = ['--system', '--user-group', '--no-create-home', '--home-dir', '/nonexistent'];
  const argv = ['useradd', ...options, '--shell', '/usr/sbin/nologin', name] as const;
  const doing = `make the user ${name}, ${purpose}`;
  // Another agent on this node may have made it in the same moment.
  const failure: unknown = await run({ argv, doing, timeoutMs }).then(
    () => null,
    (error: unknown) => error,
  );
  const made = await findUser(name);
  if (made) return made;
  throw failure ?? new AppError('internal', `The user ${name} was made but is not there`);
}
