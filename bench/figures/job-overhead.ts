// From the acceptance of a job to the first call that reaches a node, nothing else running. Both times come from this machine's clock: the job
// row's (written inside the accepting transaction) and the node's, when the call has been decoded and is about to be carried out.
import { createInstance, powerInstance, removeInstance, type Bed } from '../bed';
import type { Figure } from '../figure';
import type { Fleet } from '../fleet';
import { ms, percentile } from '../stats';

const warmUps = 20;
const rounds = 300;

export const jobOverhead: Figure = {
  name: 'job-overhead',
  measure: async ({ bed, fleet }) => {
    const took = await measureRounds(bed, await fleet(1));
    const [p50, p99] = [percentile(took, 50), percentile(took, 99)];
    return [
      {
        what: `job overhead: accepted -> first agent call (${took.length} jobs)`,
        goal: 'p50 <= 50 ms, p99 <= 250 ms',
        measured: `p50 ${ms(p50)}, p99 ${ms(p99)}`,
        reached: p50 <= 50 && p99 <= 250,
      },
    ];
  },
};

async function measureRounds(bed: Bed, fleet: Fleet): Promise<number[]> {
  const name = 'overhead-1';
  const { id } = await createInstance(bed, {
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
  let firstCallAt: number | null = null;
  fleet.onCall((_, at) => (firstCallAt ??= at));
  const took: number[] = [];
  for (let round = 0; round < (warmUps + rounds) / 2; round++)
    for (const verb of ['start', 'stop'] as const) {
      firstCallAt = null;
      const job = await powerInstance(bed, id, verb);
      took.push((firstCallAt ?? Number.NaN) - new Date(job.createdAt).getTime());
    }
  await removeInstance(bed, { id, name });
  return took.slice(warmUps);
}
