import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { identifyProcess, isAlive, readStartTime } from './process';

test('a process is known by its number, start and command line while it lives', async () => {
  const child = spawn('sleep', ['1000']);
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const identity = await identifyProcess(pid, '1000');
  expect(identity).toMatchObject({ pid, startTime: await readStartTime(pid) });
  expect(await identifyProcess(pid, 'qemu')).toBeNull();
  expect(await isAlive({ pid, startTime: 1 })).toBe(false);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(identity && (await isAlive(identity))).toBe(false);
  expect(await identifyProcess(pid, '1000')).toBeNull();
});

test('one that ended but that nobody has asked for yet counts as gone', async () => {
  // The shell becomes `sleep`, which never asks for the end of the child that it inherits.
  const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 1000'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = (await once(parent.stdout, 'data')) as [Buffer];
  await expect.poll(() => readStartTime(Number(line.toString()))).toBeNull();
  parent.kill('SIGKILL');
  await once(parent, 'exit');
});
