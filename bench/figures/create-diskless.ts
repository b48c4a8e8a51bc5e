// A whole create job of a real diskless instance, against starting the very same QEMU command by hand, in turn.
import { createInstance, removeInstance, type Bed } from '../bed';
import type { Figure } from '../figure';
import { commandLineOf, startAlone, type CommandLine } from '../qemu';
import { median, ms } from '../stats';

const warmUps = 2;
const rounds = 15;

export const createDiskless: Figure = {
  name: 'create-diskless',
  measure: async ({ bed }) => {
    const pairs: { job: number; alone: number }[] = [];
    for (let round = 0; round < warmUps + rounds; round++) {
      const { took, command } = await createOnce(bed, `diskless-${round}`);
      pairs.push({ job: took, alone: await startAlone(command) });
    }
    const counted = pairs.slice(warmUps);
    const ratio = median(counted.map(({ job, alone }) => job / alone));
    const [job, alone] = [median(counted.map((one) => one.job)), median(counted.map((one) => one.alone))];
    return [
      {
        what: `create a diskless instance: whole job / the QEMU start alone (${rounds} pairs)`,
        goal: '<= 1.3',
        measured: `${ratio.toFixed(2)} (${ms(job)} / ${ms(alone)})`,
        reached: ratio <= 1.3,
      },
    ];
  },
};

async function createOnce(bed: Bed, name: string): Promise<{ took: number; command: CommandLine }> {
  const { id, job } = await createInstance(bed, {
    name,
    clusterId: bed.clusterId,
    os: { kind: 'tiny' },
    vcpus: 1,
    memoryMiB: 128,
    diskTemplate: 'diskless',
    disks: [],
    nics: [{ mode: 'user' }],
  });
  const command = await commandLineOf(id);
  await removeInstance(bed, { id, name });
  return { took: Date.parse(job.endedAt ?? '') - Date.parse(job.createdAt), command };
}
