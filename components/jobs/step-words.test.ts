import { expect, it } from 'vitest';
import { wordsOfStep } from './step-words';

it('reads the name of a step as words', () => {
  expect(wordsOfStep('choose-node')).toBe('Choose node');
  expect(wordsOfStep('install-os')).toBe('Install OS');
  expect(wordsOfStep('start')).toBe('Start');
});
