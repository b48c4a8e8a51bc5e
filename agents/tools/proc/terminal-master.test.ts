import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { isTerminalOf } from './terminal-master';

it('tells whose a terminal is, and that it is nobody’s once that program is gone', async () => {
  const script = spawn('script', ['-qec', 'tty; cat', '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] });
  const [said] = await once(script.stdout, 'data');
  const terminal = String(said).trim();
  const name = (await readFile(`/proc/${script.pid}/comm`, 'utf8')).trim();
  expect(terminal).toMatch(/^\/dev\/pts\/\d+$/);
  expect(await isTerminalOf(name, terminal)).toBe(true);
  expect(await isTerminalOf('xenconsoled', terminal)).toBe(false);
  expect(await isTerminalOf(name, '/dev/pts/999999')).toBe(false);
  expect(await isTerminalOf(name, '/dev/null')).toBe(false);
  script.stdin.end();
  script.kill();
  await once(script, 'close');
  expect(await isTerminalOf(name, terminal)).toBe(false);
});
