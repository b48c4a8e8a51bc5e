import { describe, expect, it } from 'vitest';
import { addTallies, formatTally, tallyVitest } from './tally.mjs';

const file = (status: string, ...tests: string[]) => ({
  status,
  assertionResults: tests.map((test) => ({ status: test })),
});

describe('the count of tests', () => {
  it('adds up over files, with skipped ones apart', () => {
    const report = {
      testResults: [file('passed', 'passed', 'passed', 'pending'), file('failed', 'passed', 'failed')],
    };
    expect(tallyVitest(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 1 });
  });

  it('counts a file that could not be loaded as one failed test', () => {
    expect(tallyVitest({ testResults: [file('failed')] }, 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('counts a run that failed outside of any test, or left no report, as one failed test', () => {
    expect(tallyVitest({ testResults: [file('passed', 'passed')] }, 1)).toEqual({
      passed: 1,
      failed: 1,
      skipped: 0,
    });
    expect(tallyVitest(undefined, null)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  it('is zero for a project without test files', () => {
    expect(tallyVitest(undefined, 0)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });

  it('closes with one line', () => {
    const sum = addTallies([
      { passed: 1, failed: 0, skipped: 0 },
      { passed: 2, failed: 3, skipped: 0 },
    ]);
    expect(formatTally(sum)).toBe('3 passed, 3 failed');
    expect(formatTally({ ...sum, skipped: 2 })).toBe('3 passed, 3 failed, 2 skipped');
  });
});
