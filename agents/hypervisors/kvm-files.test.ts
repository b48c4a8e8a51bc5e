import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { randomUUID } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { judgeEnding } from './kvm-ending';
import { chooseSocketRoot, kvmFiles, readLastWords } from './kvm-files';

test('sockets lie in the data folder where its path is short enough and it is no root that QEMU must be kept from', () => {
  expect(chooseSocketRoot('/var/lib/corral/kvm', 1000)).toBe('/var/lib/corral/kvm');
  expect(chooseSocketRoot('/var/lib/corral/kvm', 0)).toMatch(/^\/run\/corral\/[0-9a-f]{12}$/);
});

test.each([0, 1000])('sockets of a deep data folder lie in a short one (user %d)', (uid) => {
  const deep = `/srv/${'deep/'.repeat(20)}kvm`;
  const root = chooseSocketRoot(deep, uid);
  expect(root).toMatch(uid === 0 ? /^\/run\/corral\/[0-9a-f]{12}$/ : /corral-1000\/[0-9a-f]{12}$/);
  const files = kvmFiles(deep, root, randomUUID());
  expect(Buffer.byteLength(files.serialSocket)).toBeLessThanOrEqual(107);
  expect(files.serialLog.startsWith(deep)).toBe(true);
  expect(chooseSocketRoot(`${deep}2`, uid)).not.toBe(root);
});

test("QEMU's last words are told without time stamps", async () => {
  const folder = await mkdtemp(join(tmpdir(), 'log-'));
  const log = join(folder, 'qemu.log');
  await writeFile(
    log,
    `${'old\n'.repeat(2_000)}2026-11-21T04:43:38.600741Z qemu-system-x86_64: cannot set up guest memory 'pc.ram': Cannot allocate memory\n`,
  );
  expect(await readLastWords(log)).toBe(
    "old old old old cannot set up guest memory 'pc.ram': Cannot allocate memory",
  );
  expect(await readLastWords(join(folder, 'none'))).toBe('');
  await rm(folder, { recursive: true });
});

const traces = { asked: false, shutdown: null, ending: null, lastWords: '' };
const bySignal = { exitCode: null, exitSignal: 'SIGSEGV' };

test.each([
  ['asked for', { ...traces, asked: true, ending: bySignal }, 'absent', null],
  [
    'the guest powered off',
    { ...traces, shutdown: { guest: true, reason: 'guest-shutdown' } },
    'shutdown',
    null,
  ],
  [
    'the guest panicked',
    { ...traces, shutdown: { guest: true, reason: 'guest-panic' } },
    'crashed',
    'The guest panicked.',
  ],
  [
    'killed',
    { ...traces, ending: bySignal, lastWords: 'Oh.' },
    'crashed',
    'killed by SIGSEGV. Its last words: Oh.',
  ],
  [
    'failed',
    { ...traces, ending: { exitCode: 1, exitSignal: null } },
    'crashed',
    'exit code 1. It left no message.',
  ],
  [
    'a signal',
    { ...traces, shutdown: { guest: false, reason: 'host-signal' } },
    'crashed',
    'by a signal on the node',
  ],
  ['nobody knows', traces, 'crashed', 'without being asked'],
])('an ending is judged: %s', (_case, seen, operState, words) => {
  const ended = judgeEnding(seen);
  expect(ended.operState).toBe(operState);
  if (words === null) expect(ended.detail).toBeNull();
  else expect(ended.detail).toContain(words);
});
