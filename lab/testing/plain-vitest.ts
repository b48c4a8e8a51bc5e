// What a test suite needs of Vitest, where Vitest is not: in a node. It is bundled into its place.
import { chai, JestAsymmetricMatchers, JestChaiExpect } from '@vitest/expect';

type Work = () => unknown;
type Hook = { work: Work; timeoutMs: number };
type Test = { name: string; work: Work };
/** `error`: its words, and what was compared; null where the test passed. */
export type TestResult = { name: string; error: string | null; ms: number };

const tests: Test[] = [];
const before: Hook[] = [];
const after: Hook[] = [];
let timeoutMs = 60_000;

for (const plugin of [JestChaiExpect, JestAsymmetricMatchers]) chai.use(plugin);
export const expect = chai.expect;

/** Of which a program has one. */
export function describe(_name: string, options: { timeout: number }, define: () => void): void {
  timeoutMs = options.timeout;
  define();
}
export const it = (name: string, work: Work) => void tests.push({ name, work });
export const beforeAll = (work: Work, limitMs: number) => void before.push({ work, timeoutMs: limitMs });
export const afterAll = (work: Work, limitMs: number) => void after.push({ work, timeoutMs: limitMs });

export function listTests(): string[] {
  return tests.map(({ name }) => name);
}

/** One after another. Fails where what surrounds the tests does. */
export async function runTests(tell: (result: TestResult) => void): Promise<void> {
  for (const hook of before) await limited(hook);
  for (const { name, work } of tests) {
    const began = performance.now();
    const error = await limited({ work, timeoutMs }).then(() => null, wordsOf);
    tell({ name, error, ms: Math.round(performance.now() - began) });
  }
  for (const hook of after) await limited(hook);
}

async function limited({ work, timeoutMs: limitMs }: Hook): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`Not done within ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { actual, expected } = { actual: undefined, expected: undefined, ...error };
  const compared = expected === undefined ? [] : [`expected ${show(expected)}`, `received ${show(actual)}`];
  return [error.stack, ...compared].join('\n');
}

const show = (value: unknown) => JSON.stringify(value, null, 1)?.slice(0, 2_000);
