import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestFolder } from '../testing/test-folder';
import { lockDataFolder } from './data-lock';

let folder: string;
let file: string;

beforeEach(() => {
  folder = makeTestFolder();
  file = path.join(folder, 'corral.pid');
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the lock of a data folder', () => {
  it('lets one in, and the next when that has left', () => {
    const lock = lockDataFolder(folder);
    expect(lock.wasAbandoned).toBe(false);
    expect(() => lockDataFolder(folder)).toThrow(`already running with the data folder ${folder}`);
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
    expect(lockDataFolder(folder).wasAbandoned).toBe(false);
  });

  it.each(['', '999999999 1', `${process.pid} 1`])('is taken over from "%s", who is gone', (owner) => {
    writeFileSync(file, owner);
    expect(lockDataFolder(folder).wasAbandoned).toBe(true);
    expect(readFileSync(file, 'utf8')).toMatch(new RegExp(`^${process.pid} \\d+\n$`));
  });

  it('is never there without the name of its owner, not even where nothing can be written', () => {
    const module = path.join(import.meta.dirname, 'data-lock.ts');
    const script = `import(${JSON.stringify(module)}).then(({ lockDataFolder }) => {
      try { lockDataFolder(${JSON.stringify(folder)}); } catch (error) { console.log(error.message); }
    })`;
    const limited = ['-c', 'ulimit -f 0; exec "$@"', 'sh', process.execPath, '--import', 'tsx', '-e', script];
    const env = { ...process.env, TSX_DISABLE_CACHE: '1' };
    const { stdout } = spawnSync('/bin/sh', limited, { env, encoding: 'utf8' });
    expect(stdout).toContain(`Cannot write to the data folder ${folder}: EFBIG`);
    expect(existsSync(file)).toBe(false);
  });
});
