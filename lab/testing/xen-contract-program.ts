// The hypervisor contract as a program for a node that runs Xen: `list KIND` tells the names of its tests, `run KIND` how they went.
import { z } from 'zod';
import { describeHypervisorContract } from '@/agents/hypervisors/hypervisor-contract';
import { openXenFixture } from '@/agents/hypervisors/testing/xen-lab';
import { xenKinds } from '@/contract/hypervisor-kind';
import { listTests, runTests } from './plain-vitest';

const [verb, kind] = z.tuple([z.enum(['list', 'run']), z.enum(xenKinds)]).parse(process.argv.slice(2));

describeHypervisorContract(kind, () => openXenFixture(kind), {
  timeoutMs: 300_000,
  hasScreen: kind !== 'xen-pvh',
});
if (verb === 'list') process.stdout.write(JSON.stringify(listTests()));
else await runTests();
