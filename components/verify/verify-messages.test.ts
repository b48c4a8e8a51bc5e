import { createTranslator } from 'next-intl';
import { expect, it } from 'vitest';
import { type VerifyMeaning, verifyMeanings } from '@/contract/schemas/verify';
import { en } from '@/messages/en';
import { noValues } from './no-values';

const t = createTranslator({ locale: 'en', messages: en, namespace: 'verify.meanings' });
const isMeaning = (name: string): name is VerifyMeaning => name in verifyMeanings;

it('has a sentence for everything that can be found, and for nothing else', () => {
  expect(Object.keys(en.verify.meanings).sort()).toEqual(Object.keys(verifyMeanings).sort());
});

it.each(Object.keys(verifyMeanings).filter(isMeaning))('reads %s as sentences', (meaning) => {
  const text = t.markup(meaning, {
    ...{ ...noValues, size: '1 GiB', needed: '2 GiB', free: '1 GiB', says: 'DRBD is old.' },
    ...{ target: () => 'rhino7', more: (words) => words },
  });
  expect(text).toMatch(/rhino7/);
  expect(text).not.toMatch(/[<>{}]/);
});
