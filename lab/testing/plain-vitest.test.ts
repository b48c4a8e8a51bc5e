import { expect, test } from 'vitest';
import * as plain from './plain-vitest';

test('tells of each test how it went, in the order of the suite, also of one that takes too long', async () => {
  const steps: string[] = [];
  plain.describe('a suite', { timeout: 100 }, () => {
    plain.beforeAll(() => steps.push('before'), 1_000);
    plain.afterAll(() => steps.push('after'), 1_000);
    plain.it('fails', () => plain.expect({ a: 1 }).to.deep.equal({ a: 2 }));
    plain.it('hangs', () => new Promise(() => {}));
    plain.it('passes', async () => steps.push('passes'));
  });
  const results: plain.TestResult[] = [];
  await plain.runTests((result) => results.push(result));
  expect(plain.listTests()).toEqual(['fails', 'hangs', 'passes']);
  expect(results).toMatchObject([
    { name: 'fails', error: expect.stringMatching(/expected \{[^]*"a": 2[^]*received \{[^]*"a": 1/) },
    { name: 'hangs', error: expect.stringContaining('Not done within 0.1 s') },
    { name: 'passes', error: null },
  ]);
  expect(steps).toEqual(['before', 'passes', 'after']);
});
