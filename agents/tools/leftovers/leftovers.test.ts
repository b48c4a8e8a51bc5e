import { execFileSync } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeTempFolder } from '../../testing/temp-folder';
import { removeLeftovers } from './leftovers';

const canMount = process.getuid?.() === 0 && (await readdir('/dev')).includes('loop-control');

// Only root may mount, and only where the kernel has loop devices.
test.runIf(canMount)('a mount and the loop device below it are taken off a file, once', async () => {
  const folder = await makeTempFolder();
  const [disk, point] = [join(folder, 'disk.raw'), join(folder, 'a point')];
  await mkdir(point);
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  run('truncate', '-s', '16M', disk);
  run('mke2fs', '-q', disk);
  const loop = run('losetup', '--find', '--show', disk);
  run('mount', loop, point);
  run('mkdir', join(point, 'proc'));
  run('mount', '-t', 'tmpfs', 'none', join(point, 'proc'));
  expect(await removeLeftovers(disk)).toEqual([
    `the mount at ${point}`,
    `the loop device ${loop.replace('/dev/', '')}`,
  ]);
  expect(run('losetup', '--associated', disk)).toBe('');
  expect(await removeLeftovers(disk)).toEqual([]);
});
