import { describe, expect, it } from 'vitest';
import { judgeDomainEnd, lastLines } from './xen-ending';

describe('the last words of a guest', () => {
  it('are its last lines, without colours and empty lines', () => {
    const said = Array.from({ length: 9 }, (_, at) => `\x1b[32mline ${at}\x1b[0m\r\n\r\n`).join('');
    expect(lastLines(Buffer.from(said))).toBe('line 4 / line 5 / line 6 / line 7 / line 8');
  });

  it('are what a kernel said of its panic, not the stack that follows', () => {
    const stack = Array.from({ length: 30 }, (_, at) => `[    6.4] ? function_${at}+0x1/0x2`).join('\r\n');
    const panic = '[    6.3] Kernel panic - not syncing: VFS: Unable to mount root fs';
    expect(lastLines(Buffer.from(`booting\r\n${panic}\r\n${stack}\r\n`))).toMatch(
      /^\[ {4}6\.3\] Kernel panic - not syncing: VFS: Unable to mount root fs \/ /,
    );
  });
});

describe('the end of a domain', () => {
  it.each([
    [{ asked: true, reason: 'crash' }, 'absent', null],
    [{ asked: false, reason: 'poweroff' }, 'shutdown', null],
    [{ asked: false, reason: 'reboot' }, 'shutdown', null],
    [{ asked: false, reason: 'crash' }, 'crashed', 'The guest crashed. Its last words: panic'],
    [
      { asked: false, reason: null },
      'crashed',
      'Its domain was destroyed on the node. Its last words: panic',
    ],
  ] as const)('%j is %s', (traces, operState, detail) => {
    expect(judgeDomainEnd({ ...traces, words: 'panic' })).toEqual({ operState, detail });
  });
});
