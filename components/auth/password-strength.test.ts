import { expect, it } from 'vitest';
import { passwordStrength } from './password-strength';

it('asks for twelve characters, then for ones that are hard to guess', () => {
  expect(passwordStrength('short')).toBe('tooShort');
  expect(passwordStrength('aaaaaaaaaaaa')).toBe('fair');
  expect(passwordStrength('abcdefghijkl')).toBe('fair');
  expect(passwordStrength('correct horse')).toBe('good');
  expect(passwordStrength('correct horse battery')).toBe('strong');
});
