// Files of the node's administrator that give others a say: they count only where nobody else could have written them.
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { AppError } from '@/contract/errors';
import { ifMissing } from './missing-file';

const writableByOthers = 0o022;

/** Whether there is such a file, and only root (or who runs the agent) can write it and the folder that it lies in. */
export async function isTrusted(file: string): Promise<boolean> {
  const found = await stat(file).catch(ifMissing(null));
  if (!found?.isFile()) return false;
  const folder = await stat(path.dirname(file));
  return [found, folder].every(({ uid, mode }) => isOwn(uid) && (mode & writableByOthers) === 0);
}

/** Throws what is wrong with it. */
export async function requireTrusted(file: string, what: string): Promise<void> {
  if (await isTrusted(file)) return;
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  throw new AppError(
    isThere ? 'wrong_state' : 'not_found',
    isThere
      ? `${what} counts only where nobody but root can write it: check owner and rights of ${file}`
      : `${what} is missing: ${file}`,
  );
}

const isOwn = (uid: number) => uid === 0 || uid === process.getuid?.();
