import { expect, it } from 'vitest';
import { en } from '@/messages/en';
import { operations } from './registry';

it('has words for every step of every operation, and for no other', () => {
  const steps = new Set(Object.values(operations).flatMap(({ stepNames }) => stepNames));
  expect(Object.keys(en.jobs.stepNames).sort()).toEqual([...steps].sort());
});
