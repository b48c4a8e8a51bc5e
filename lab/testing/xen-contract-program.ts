// The hypervisor contract as a program for a node that runs Xen: `list KIND` tells the names of its tests, `run KIND` how they went.
import { z } from 'zod';
import { describeHypervisorContract } from '@/agents/hypervisors/hypervisor-contract';
import { openXenFixture } from '@/agents/hypervisors/testing/xen-lab';
import { xenKinds } from '@/contract/hypervisor-kind';
import { listTests, runTests } from './plain-vitest';

const lingerMs = 30_000;
const [verb, kind] = z.tuple([z.enum(['list', 'run']), z.enum(xenKinds)]).parse(process.argv.slice(2));

describeHypervisorContract(kind, () => openXenFixture(kind), {
  timeoutMs: 600_000,
  hasScreen: kind !== 'xen-pvh',
});
const print = (value: unknown) => process.stdout.write(`${JSON.stringify(value)}\n`);
if (verb === 'list') print(listTests());
else {
  await runTests(print);
  // What was tested has let go of all that it held; where it has not, this says of what instead of waiting.
  const look = () => {
    throw new Error(`Still held: ${process.getActiveResourcesInfo().join(', ')}`);
  };
  setTimeout(look, lingerMs).unref();
}
