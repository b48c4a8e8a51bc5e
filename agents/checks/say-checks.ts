// What `agent.mjs check` prints, for who installs a node.
import { AppError } from '@/contract/errors';
import type { NodeCheck } from '@/contract/schemas/node';

const words = { ok: 'ok', warn: 'warning', missing: 'missing' } as const;
const indent = ' '.repeat(9);

export function formatChecks(checks: NodeCheck[]): string {
  const lines = checks.flatMap(({ state, says, mend }) => [
    `${words[state].padEnd(indent.length)}${says}`,
    ...(mend === null ? [] : [`${indent}→ ${mend}`]),
  ]);
  return `${lines.join('\n')}\n`;
}

/** Throws `wrong_state` where something has to be mended. */
export function requireNothingMissing(checks: NodeCheck[]): void {
  const count = checks.filter(({ state }) => state === 'missing').length;
  if (count === 0) return;
  const things = count === 1 ? 'One thing has' : `${count} things have`;
  throw new AppError('wrong_state', `${things} to be mended before everything works on this node`);
}
