// From the acceptance of a job to its first agent call, nothing else running. Both times come from this machine's clock: the job row's
// (written at the start of the accepting transaction) and the simulated driver's, which is a little later than the call itself.
import { z } from 'zod';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { createInstance, removeInstance, type Bed } from '../bed';
import type { Figure } from '../figure';
import type { Fleet } from '../fleet';
import { ms, percentile } from '../stats';

const rounds = 150;

async function measureRounds(bed: Bed, fleet: Fleet): Promise<number[]> {
  const name = 'overhead-1';
  const { id } = await createInstance(bed.rest, {
    name,
    clusterId: fleet.clusterId,
    hypervisor: 'simulated',
    os: { kind: 'none' },
    vcpus: 1,
    memoryMiB: 128,
    diskTemplate: 'diskless',
    disks: [],
    nics: [],
    start: false,
  });
  let reached = 0;
  fleet.onReach('hypervisor.start', (at) => (reached = at));
  const took: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const start = await bed.rest.call('POST', api.instancePower(id, 'start'), Accepted, {});
    const job = await bed.rest.jobDone(start.jobId);
    took.push(reached - new Date(job.createdAt).getTime());
    const stop = await bed.rest.call('POST', api.instancePower(id, 'stop'), Accepted, { force: true });
    await bed.rest.jobDone(stop.jobId);
  }
  await removeInstance(bed.rest, { id, name });
  return z.array(z.number().min(0)).parse(took);
}

export const jobOverhead: Figure = {
  name: 'job-overhead',
  measure: async (bed, fleet) => {
    const took = await measureRounds(bed, await fleet());
    const [p50, p99] = [percentile(took, 50), percentile(took, 99)];
    return [
      {
        what: `job overhead: accepted -> first agent call (${rounds} jobs)`,
        goal: 'p50 <= 50 ms, p99 <= 250 ms',
        measured: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
        reached: p50 <= 50 && p99 <= 250,
      },
    ];
  },
};
