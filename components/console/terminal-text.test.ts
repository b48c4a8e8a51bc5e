import { describe, expect, it } from 'vitest';
import { safeLink } from './hostile-output';
import { sessionFileName, textOfBuffer } from './terminal-text';

const rows = (...texts: string[]) => ({
  length: texts.length,
  getLine: (index: number) => {
    const text = texts[index];
    if (text === undefined) return undefined;
    return {
      isWrapped: text.startsWith('~'),
      translateToString: (trim?: boolean) => (trim ? text.trimEnd() : text).replace('~', ''),
    };
  },
});

describe('the text of a session', () => {
  it('joins wrapped rows and keeps their inner blanks', () => {
    expect(textOfBuffer(rows('one ', '~two  ', 'three'))).toBe('one two\nthree\n');
  });

  it('drops the empty rows below the last line', () => {
    expect(textOfBuffer(rows('login:', '', '   ', ''))).toBe('login:\n');
    expect(textOfBuffer(rows('', ''))).toBe('');
  });

  it('is saved under a name that sorts by time', () => {
    const at = new Date('2026-01-31T12:04:55.123Z');
    expect(sessionFileName({ name: 'web1', kind: 'serial', at, ending: 'txt' })).toBe(
      'web1-serial-2026-01-31-120455.txt',
    );
  });
});

describe('a link in the output', () => {
  it('is offered only when it leads to the web', () => {
    expect(safeLink('https://example.org/a')).toBe('https://example.org/a');
    expect(safeLink('javascript:alert(1)')).toBeUndefined();
    expect(safeLink('file:///etc/passwd')).toBeUndefined();
    expect(safeLink('not a link')).toBeUndefined();
  });
});
