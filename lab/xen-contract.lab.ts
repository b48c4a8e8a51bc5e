// The hypervisor contract in a real Xen node: the very suite that KVM and simulated nodes obey, for each way in which Xen runs instances.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { xenKinds } from '@/contract/hypervisor-kind';
import { startLab, type Lab } from './lab';
import { bundleSuite, listTests, runSuite, type SuiteRun } from './testing/suite-in-node';

const limitMs = 3_600_000;
const program = await bundleSuite('lab/testing/xen-contract-program.ts');

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ xenNodes: 1 });
});
afterAll(() => lab.close());

for (const kind of xenKinds) {
  const names = await listTests(program, kind);
  describe(`the hypervisor contract in a Xen node: ${kind}`, () => {
    let suite: SuiteRun;
    beforeAll(async () => {
      suite = await runSuite(lab.node('xen1'), { program, suite: kind, limitMs });
    }, limitMs + 120_000);

    it.for(names)('%s', async (name, { annotate }) => {
      const result = suite.results.find((one) => one.name === name);
      if (!result) throw new Error(`It was not run to its end: ${suite.ended}`);
      await annotate(`${(result.ms / 1_000).toFixed(1)} s in the node`);
      if (result.error !== null) throw new Error(result.error);
    });
    it('ends by itself, with each test once', () => {
      expect(suite).toMatchObject({ ended: null, results: names.map((name) => ({ name })) });
    });
  });
}
