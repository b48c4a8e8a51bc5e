// A test suite that runs as a program in a node, and how its tests went there.
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';
import { nodeProgramInImage } from '../image/recipe';
import type { LabNode } from '../lab-node';
import { bundleProgram, putProgram } from './node-program';
import type { TestResult } from './plain-vitest';

/** `ended`: how, with the last that it said besides; null as it should. */
export type SuiteRun = { results: TestResult[]; ended: string | null };

const TestResult = z.object({
  name: z.string(),
  error: z.string().nullable(),
  ms: z.number(),
}) satisfies z.ZodType<TestResult>;

/** With our small stand-in for Vitest, which does not run in a node. */
export const bundleSuite = (entry: string) =>
  bundleProgram(entry, { alias: { vitest: './lab/testing/plain-vitest.ts' }, minify: false });

/** Names, as the suite itself tells them here. */
export async function listTests(program: Buffer, suite: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'suite-'));
  const file = join(folder, 'suite.mjs');
  try {
    await writeFile(file, program);
    const { stdout } = await promisify(execFile)(process.execPath, [file, 'list', suite]);
    return z.array(z.string()).min(1).parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Asked = { program: Buffer; suite: string; limitMs: number };

/** Ends after `limitMs` whatever happens. */
export async function runSuite(node: LabNode, { program, suite, limitMs }: Asked): Promise<SuiteRun> {
  const path = '/run/suite.mjs';
  await putProgram(node, program, path);
  const limit = `timeout -k 10 ${Math.ceil(limitMs / 1_000)}`;
  const command = `${limit} ${nodeProgramInImage} ${path} run ${suite}`;
  const { exitCode, output } = await node.sh(command, limitMs + 60_000);
  const lines = output.split('\n').filter((line) => line !== '');
  const results = lines.flatMap((line) => readResult(line) ?? []);
  const said = lines.filter((line) => readResult(line) === null).slice(-40);
  return { results, ended: exitCode === 0 ? null : [`exit code ${exitCode}`, ...said].join('\n') };
}

function readResult(line: string): TestResult | null {
  try {
    return TestResult.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
