// kill -9 of the engine, of the web server and of the agents in the middle of operations, on real nodes. Every step of every operation is tried on
// simulated nodes (server/operations/testing); here it is shown that real disks and machines come through it, too.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { api } from '@/contract/paths';
import { type FaultGround, openFaultGround } from '../testing/fault-ground';
import { until } from '../testing/until';

vi.setConfig({ testTimeout: 900_000 });
let ground: FaultGround;
beforeAll(async () => {
  ground = await openFaultGround();
});
afterAll(() => ground.close());

const killEngine = () => killAll('engine');
const killWeb = () => killAll('web');
async function killAll(program: string) {
  const pids = await ground.product.pidsOf(program);
  expect(pids).not.toEqual([]);
  for (const pid of pids) process.kill(pid, 'SIGKILL');
}
/** Alone: the machines of its node are in the same control group. */
const killAgent = async (name: string) => {
  await ground.lab.node(name).run('systemctl kill --kill-whom=main --signal KILL corral-agent');
};

/** In each: what is asked for, and the step that runs when it strikes. */
type Operation = { ask(): Promise<number>; step: string; boots?: boolean };
const action = (name: 'migrate' | 'failover' | 'replace-disks', body: object = {}) => ({
  ask: () => ground.ask('POST', api.instanceAction(ground.instanceId, name), body),
});
const disk = async (at: number) => (await ground.see()).disks.at(at);

const operations = {
  migrate: { ...action('migrate'), step: 'send' },
  failover: { ...action('failover', { timeoutS: 0 }), step: 'start', boots: true },
  'replace the secondary disks': { ...action('replace-disks', { mode: 'secondary' }), step: 'renew-side' },
  'grow a disk': {
    step: 'grow-volumes',
    async ask() {
      const first = await disk(0);
      const body = { newSizeMiB: (first?.sizeMiB ?? 0) + 8 };
      return ground.ask('PATCH', api.instanceDisk(ground.instanceId, first?.id ?? ''), body);
    },
  },
  'add a disk': {
    step: 'create-disks',
    ask: () => ground.ask('POST', api.instanceDisks(ground.instanceId), { sizeMiB: 16 }),
  },
  'remove a disk': {
    step: 'remove-disks',
    ask: async () => ground.ask('DELETE', api.instanceDisk(ground.instanceId, (await disk(-1))?.id ?? '')),
  },
} satisfies Record<string, Operation>;

describe.each(Object.entries<Operation>(operations))('%s', (_name, { ask, step, boots }) => {
  it('goes on to its end after a kill -9 of the engine', async () => {
    const jobId = await ask();
    await ground.untilStep(jobId, step);
    await killEngine();
    expect(await ground.ended(jobId)).toMatchObject({ status: 'success', needsAttention: false });
    if (boots) await ground.witness.signIn();
    await ground.expectWhole();
  });
});

describe.each([
  ['migrate', operations.migrate],
  ['add a disk', operations['add a disk']],
] as const)('%s', (_name, { ask, step }) => {
  it.each(['node', 'secondary'] as const)(
    'ends with nothing lost after a kill -9 of the agent of its %s',
    async (which) => {
      const struck = (await ground.see())[which]?.name ?? '';
      const boot = await ground.witness.bootId();
      const jobId = await ask();
      await ground.untilStep(jobId, step);
      await killAgent(struck);
      const job = await ground.ended(jobId);
      expect(['success', 'error']).toContain(job.status);
      expect(job.needsAttention).toBe(false);
      await ground.expectWhole();
      expect(await ground.witness.bootId()).toBe(boot);
    },
  );
});

describe('stopping and starting', () => {
  it('come to their ends, with nothing lost, after a kill -9 of the agent of its node in each', async () => {
    const struck = (await ground.see()).node?.name ?? '';
    for (const action of ['stop', 'start'] as const) {
      const power = api.instancePower(ground.instanceId, action);
      // Until the killed one is back, its node is silent, and nothing can be asked of it.
      const jobId = await until(
        () => ground.ask('POST', power).catch(() => 0),
        (id) => id > 0,
      );
      await ground.untilStep(jobId, action);
      await killAgent(struck);
      expect(await ground.ended(jobId)).toMatchObject({ status: 'success', needsAttention: false });
    }
    await ground.witness.signIn();
    await ground.expectWhole();
  });
});

describe('a creation', () => {
  it('goes on to its end after a kill -9 of the web server, and its removal does', async () => {
    const { clusterId, hypervisor } = ground;
    const creation = await ground.ask('POST', api.instances(), {
      ...{ clusterId, hypervisor, name: 'web2.test', os: { kind: 'tiny' }, vcpus: 1, memoryMiB: 128 },
      ...{ start: true, diskTemplate: 'drbd', disks: [{ sizeMiB: 32 }], nics: [] },
    });
    await killWeb();
    expect(await ground.ended(creation)).toMatchObject({ status: 'success' });
    const { id } = (await ground.list()).find(({ name }) => name === 'web2.test') ?? expect.fail('none');
    const removal = await ground.ask('DELETE', api.instance(id), { confirmName: 'web2.test' });
    await killWeb();
    expect(await ground.ended(removal)).toMatchObject({ status: 'success' });
    await ground.expectWhole();
  });
});
