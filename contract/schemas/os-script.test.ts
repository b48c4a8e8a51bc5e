import { describe, expect, test } from 'vitest';
import { agreedScripts, fullScriptName, ScriptChoice, whyNoScript, type ScriptOffer } from './os-script';

const debian: ScriptOffer = {
  name: 'debootstrap',
  variants: ['bookworm', 'trixie'],
  parameters: [{ name: 'filesystem', description: 'of the root' }],
  problem: null,
};
const choose = (change: Partial<ScriptChoice> = {}): ScriptChoice => ({
  ...{ kind: 'script', name: 'debootstrap', variant: 'bookworm', params: {} },
  ...change,
});

describe('the choice of an OS that scripts install', () => {
  test('is written as Ganeti writes it', () => {
    expect(fullScriptName(choose())).toBe('debootstrap+bookworm');
    expect(fullScriptName(choose({ variant: null }))).toBe('debootstrap');
  });

  test.each<{ change: Partial<ScriptChoice>; why: string | null }>([
    { change: {}, why: null },
    { change: { params: { filesystem: 'ext4' } }, why: null },
    { change: { name: 'other' }, why: 'has no OS other' },
    { change: { variant: 'sid' }, why: 'has no variant sid of OS debootstrap' },
    { change: { variant: null }, why: 'has OS debootstrap only with a variant: bookworm, trixie' },
    { change: { params: { size: '1' } }, why: 'has OS debootstrap without the parameter size' },
  ])('is offered, or not with a reason: $why', ({ change, why }) => {
    expect(whyNoScript(choose(change), [debian])).toBe(why);
  });

  test('is not offered where its definition is broken, and the reason says why', () => {
    const broken = { ...debian, problem: 'it has no create' };
    expect(whyNoScript(choose(), [broken])).toBe('cannot install debootstrap: it has no create');
  });

  test.each(['../etc', '-x', 'a b', 'a\n', '', 'é', 'a'.repeat(65)])('refuses the name %j (A9)', (name) =>
    expect(ScriptChoice.safeParse(choose({ name })).success).toBe(false),
  );

  test('refuses parameters that no environment variable could carry (A9)', () => {
    const parse = (params: Record<string, string>) => ScriptChoice.safeParse(choose({ params })).success;
    expect(parse({ filesystem: 'ext4; $(reboot) "`' })).toBe(true);
    expect(parse({ filesystem: 'a\nb' })).toBe(false);
    expect(parse({ filesystem: 'a\0b' })).toBe(false);
    expect(parse({ 'a=b': 'c' })).toBe(false);
  });
});

describe('what several nodes can install', () => {
  test('is what all of them have, with what they have in common', () => {
    const other = { ...debian, variants: ['trixie', 'sid'], parameters: [] };
    expect(agreedScripts([[debian], [other]])).toEqual([{ ...debian, variants: ['trixie'], parameters: [] }]);
  });

  test('is nothing where one lacks it, has it broken, or shares no variant', () => {
    expect(agreedScripts([[debian], []])).toEqual([]);
    expect(agreedScripts([[debian], [{ ...debian, problem: 'broken' }]])).toEqual([]);
    expect(agreedScripts([[{ ...debian, problem: 'broken' }], [debian]])).toEqual([]);
    expect(agreedScripts([[debian], [{ ...debian, variants: ['sid'] }]])).toEqual([]);
    expect(agreedScripts([[debian], [{ ...debian, variants: [] }]])).toEqual([]);
    expect(agreedScripts([])).toEqual([]);
  });

  test('needs no variant where none has one', () => {
    const plain = { ...debian, variants: [] };
    expect(agreedScripts([[plain], [plain]])).toEqual([plain]);
  });
});
