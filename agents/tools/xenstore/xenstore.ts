// Xen's store of what domains and their devices are.
import { AppError } from '@/contract/errors';
import { follow, run } from '../run';

const quickMs = 10_000;

/** null where there is nothing at the path. */
export async function readStore(path: string): Promise<string | null> {
  try {
    const argv = ['xenstore-read', path] as const;
    const { stdout } = await run({ argv, doing: `read ${path} of Xen's store`, timeoutMs: quickMs });
    return stdout.trim();
  } catch (error) {
    const stderr = error instanceof AppError ? String(error.details?.['stderr'] ?? '') : '';
    if (stderr.includes("couldn't read path")) return null;
    throw error;
  }
}

export async function writeStore(path: string, value: string): Promise<void> {
  const argv = ['xenstore-write', path, value] as const;
  await run({ argv, doing: `write ${path} of Xen's store`, timeoutMs: quickMs });
}

/** Calls back at once and whenever something changes there or below; answers what stops it. `onEnd`: the store does not tell any more. */
export function watchStore(paths: readonly string[], onChange: () => void, onEnd: () => void): () => void {
  return follow({ argv: ['xenstore-watch', ...paths], onLine: onChange, onEnd });
}

/** Calls back when a domain has come, ended or gone. */
export const watchDomains = (onChange: () => void, onEnd: () => void): (() => void) =>
  watchStore(['@introduceDomain', '@releaseDomain'], onChange, onEnd);
