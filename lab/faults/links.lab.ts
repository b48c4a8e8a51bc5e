// Links between nodes that are cut: while a mirror is filled, while a guest migrates, and with writes on each side afterwards.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { api } from '@/contract/paths';
import { isKeptSide } from '@/contract/kept-side';
import { VolumeList } from '@/contract/schemas/volume';
import { type FaultGround, openFaultGround } from '../testing/fault-ground';
import { until } from '../testing/until';

vi.setConfig({ testTimeout: 900_000 });
let ground: FaultGround;
beforeAll(async () => {
  ground = await openFaultGround();
});
afterAll(() => ground.close());

const names = async (): Promise<[string, string]> => {
  const { node, secondary } = await ground.see();
  return [node?.name ?? '', secondary?.name ?? ''];
};
const action = (name: 'migrate' | 'failover' | 'replace-disks' | 'repair-mirror', body: object = {}) =>
  ground.ask('POST', api.instanceAction(ground.instanceId, name), body);
const untilCutSeen = () =>
  until(
    () => ground.see(),
    ({ disks }) => disks.some(({ mirror }) => mirror?.state === 'notMirrored'),
  );

describe('a cut link', () => {
  it('in the middle of a synchronisation holds it up until it is healed', async () => {
    const [primary, secondary] = await names();
    const jobId = await action('replace-disks', { mode: 'secondary' });
    await ground.untilStep(jobId, 'synchronise');
    ground.lab.cut(primary, secondary);
    await ground.witness.goesOn();
    ground.lab.heal();
    const job = await ground.ended(jobId);
    expect(['success', 'error']).toContain(job.status);
    await ground.expectWhole();
  });

  it('in the middle of a migration leaves the guest at its source, once', async () => {
    const [source, target] = await names();
    const boot = await ground.witness.bootId();
    const jobId = await action('migrate', { bandwidthMiBs: 4 });
    await ground.untilStep(jobId, 'send');
    ground.lab.cut(source, target);
    const job = await ground.ended(jobId);
    expect(job).toMatchObject({ status: 'error', needsAttention: false });
    await ground.witness.goesOn();
    ground.lab.heal();
    await ground.expectWhole();
    expect([await names(), await ground.witness.bootId()]).toEqual([[source, target], boot]);
  });

  it('with writes on each side is a split brain, which a verification names and a repair ends, keeping what is given up', async () => {
    const [first, second] = await names();
    ground.lab.cut(first, second);
    await untilCutSeen();
    await ground.witness.goesOn();
    const overCarefully = await ground.ended(await action('failover'));
    expect(overCarefully.status).toBe('error');
    const over = await ground.ended(await action('failover', { ignoreConsistency: true, timeoutS: 5 }));
    expect(over).toMatchObject({ error: null, status: 'success' });
    await ground.witness.signIn();
    await ground.witness.run('echo other > /root/other; sync');
    ground.lab.heal();
    const seen = await until(
      () => ground.see(),
      ({ disks }) => disks.some(({ sides }) => sides.some(({ status }) => status?.splitBrain)),
    );
    const found = await ground.verify();
    expect(found.map(({ meaning, target }) => `${meaning} ${target.name}`)).toEqual(['splitBrain web1.test']);
    // The first side has every line that the guest told as written; the other one is in use until the instance is stopped there.
    const diskId = seen.disks[0]?.id ?? '';
    const repair = { diskId, keepNodeId: seen.secondary?.id ?? '' };
    expect(await ground.ended(await action('repair-mirror', repair))).toMatchObject({
      error: { code: 'busy' },
    });
    await ground.order('POST', api.instancePower(ground.instanceId, 'stop'), { force: true });
    expect(await ground.ended(await action('repair-mirror', repair))).toMatchObject({ status: 'success' });
    await ground.order('POST', api.instancePower(ground.instanceId, 'start'));
    await ground.witness.signIn();
    expect(await ground.witness.run('ls /root/other 2>&1')).toMatch(/No such file/);
    await ground.witness.write();
    await removeKept(second);
    await ground.expectWhole();
  });
});

/** What the side that gave way had held is a snapshot beside it, until somebody removes it. */
async function removeKept(name: string) {
  const { id } = await ground.node(name);
  const kept = await until(
    async () => {
      const { items } = await ground.rest.call('GET', api.nodeVolumes(id), VolumeList);
      return items.find((volume) => isKeptSide(volume.name));
    },
    (volume) => volume !== undefined,
  );
  const { kind = 'vg', pool = '', name: volume = '' } = kept ?? {};
  expect(await ground.lab.node(name).run(`lvs --noheadings -o origin corral/${volume}`)).toMatch(/disk-/);
  await ground.order('POST', api.nodeVolumeRemove(id), { kind, pool, name: volume, confirmName: volume });
}
