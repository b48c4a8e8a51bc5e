import { describe, expect, it } from 'vitest';
import { decrypt, encrypt } from './secrets';

describe('stored secrets', () => {
  it('come back as they were', () => {
    expect(decrypt('k'.repeat(32), 'ca-key', encrypt('k'.repeat(32), 'ca-key', 'PEM ü'))).toBe('PEM ü');
  });

  it('are unreadable with another key, under another name, or changed', () => {
    const stored = encrypt('k'.repeat(32), 'ca-key', 'PEM');
    const changed = Buffer.from(stored, 'base64');
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    expect(() => decrypt('x'.repeat(32), 'ca-key', stored)).toThrow('ca-key');
    expect(() => decrypt('k'.repeat(32), 'other', stored)).toThrow('other');
    expect(() => decrypt('k'.repeat(32), 'ca-key', changed.toString('base64'))).toThrow('ca-key');
  });
});
