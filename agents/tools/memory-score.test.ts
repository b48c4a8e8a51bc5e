import { readFile, writeFile } from 'node:fs/promises';
import { afterEach, expect, it } from 'vitest';
import { launch } from './run';

const own = '/proc/self/oom_score_adj';
const before = await readFile(own, 'utf8');
const canSpare = await writeFile(own, '-100').then(
  () => true,
  () => false,
);
afterEach(() => writeFile(own, before));

it.skipIf(!canSpare)('does not spare what outlives it when memory runs out (needs root)', async () => {
  await writeFile(own, '-100');
  const { pid, ended } = await launch({ argv: ['sleep', '60'], doing: 'sleep', outputFd: 1 });
  expect(await readFile(`/proc/${pid}/oom_score_adj`, 'utf8')).toBe('0\n');
  process.kill(pid, 'SIGKILL');
  expect(await ended).toEqual({ exitCode: null, exitSignal: 'SIGKILL' });
});
