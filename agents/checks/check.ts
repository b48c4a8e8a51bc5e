// One thing that a node needs, as it was found: what it means, and how to mend it.
import { AppError } from '@/contract/errors';
import type { NodeCheck } from '@/contract/schemas/node';
import { run } from '../tools/run';

export const ok = (code: string, says: string): NodeCheck => ({ code, state: 'ok', says, mend: null });

/** Works, but not for everything or not as well as it might. */
export const warn = (code: string, says: string, mend: string): NodeCheck => ({
  ...{ code, state: 'warn', says, mend },
});

/** Something that the node is used for does not work before this is mended. */
export const missing = (code: string, says: string, mend: string): NodeCheck => ({
  ...{ code, state: 'missing', says, mend },
});

const timeoutMs = 20_000;

/** What a program prints; null where there is no such program, or it fails. */
export async function ask(argv: readonly [string, ...string[]]): Promise<string | null> {
  const request = { argv, doing: `ask ${argv[0]}`, timeoutMs, env: { LVM_SUPPRESS_FD_WARNINGS: '1' } };
  return run(request).then(
    ({ stdout }) => stdout,
    (error: unknown) => {
      if (error instanceof AppError) return null;
      throw error;
    },
  );
}
