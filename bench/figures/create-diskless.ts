// A whole create job of a real diskless instance, against starting the very same QEMU command by hand, in turn.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInstance, removeInstance, type Bed } from '../bed';
import type { Figure } from '../figure';
import { median, ms } from '../stats';

const rounds = 9;

export const createDiskless: Figure = {
  name: 'create-diskless',
  measure: async (bed) => {
    const jobs: number[] = [];
    const alone: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const { took, argv } = await createOnce(bed, `diskless-${round}`);
      jobs.push(took);
      alone.push(await startAlone(argv));
    }
    const ratios = jobs.map((took, n) => took / (alone[n] ?? Number.NaN));
    const ratio = median(ratios);
    return [
      {
        what: `create a diskless instance: whole job / the QEMU start alone (${rounds} pairs)`,
        goal: '<= 1.3',
        measured: `${ratio.toFixed(2)} (${ms(median(jobs))} / ${ms(median(alone))})`,
        reached: ratio <= 1.3,
      },
    ];
  },
};

async function createOnce(bed: Bed, name: string): Promise<{ took: number; argv: string[] }> {
  const { id, jobId } = await createInstance(bed.rest, {
    name,
    clusterId: bed.clusterId,
    os: { kind: 'tiny' },
    vcpus: 1,
    memoryMiB: 128,
    diskTemplate: 'diskless',
    disks: [],
    nics: [{ mode: 'user' }],
  });
  const job = await bed.rest.jobDone(jobId);
  const argv = await commandLineOf(id);
  await removeInstance(bed.rest, { id, name });
  return { took: new Date(job.endedAt ?? 0).getTime() - new Date(job.createdAt).getTime(), argv };
}

async function commandLineOf(instanceId: string): Promise<string[]> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const argv = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0').slice(0, -1);
    if (argv[0]?.includes('qemu-system') && argv.some((arg) => arg.includes(instanceId))) return argv;
  }
  throw new Error(`No QEMU of instance ${instanceId} is running`);
}

/** From spawn until QEMU has daemonized, which is when its machine is ready; then it is killed by its pid file. */
async function startAlone(argv: string[]): Promise<number> {
  const pidFile = argv[argv.indexOf('-pidfile') + 1] ?? '';
  const folder = await mkdtemp(join(tmpdir(), 'qa-'));
  const own = argv.map((arg) => arg.replaceAll(dirname(pidFile), folder));
  const started = performance.now();
  await new Promise<void>((resolve, reject) => {
    const child = spawn(own[0] ?? '', own.slice(1), { stdio: 'ignore' });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`QEMU ended with ${code}: ${own.join(' ')}`)),
    );
  });
  const took = performance.now() - started;
  process.kill(
    Number(await readFile(join(folder, pidFile.slice(dirname(pidFile).length + 1)), 'utf8')),
    'SIGKILL',
  );
  await rm(folder, { recursive: true, force: true });
  return took;
}
