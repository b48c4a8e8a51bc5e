import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileType, packNewc, type CpioEntry } from './newc';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cpio-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const entries: CpioEntry[] = [
  { path: 'bin', mode: fileType.folder | 0o755, data: Buffer.alloc(0) },
  { path: 'bin/tool', mode: fileType.file | 0o755, data: Buffer.from('12345') },
  { path: 'bin/alias', mode: fileType.link | 0o777, data: Buffer.from('/bin/tool') },
  { path: 'empty', mode: fileType.file | 0o600, data: Buffer.alloc(0) },
];

test('is unpacked by cpio as it was packed', () => {
  execFileSync('cpio', ['-i', '--quiet'], { cwd: folder, input: packNewc(entries) });
  expect(readFileSync(join(folder, 'bin/tool'), 'utf8')).toBe('12345');
  expect(statSync(join(folder, 'bin/tool')).mode & 0o777).toBe(0o755);
  expect(readlinkSync(join(folder, 'bin/alias'))).toBe('/bin/tool');
  expect(statSync(join(folder, 'empty')).size).toBe(0);
});

test('lists devices with their numbers', () => {
  const archive = packNewc([], [{ path: 'dev/console', major: 5, minor: 1 }]);
  expect(execFileSync('cpio', ['-itv', '--quiet'], { input: archive, encoding: 'utf8' })).toMatch(
    /^crw.*5,\s+1.*dev\/console/,
  );
});
