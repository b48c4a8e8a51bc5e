// What befalls the disks of nodes while instances are on them: a volume group without room, a volume that something else holds, a disk with
// errors. The drivers alone are tried in lab/storage-faults.lab.ts.
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

const names = async (): Promise<[string, string]> => {
  const { node, secondary } = await ground.see();
  return [node?.name ?? '', secondary?.name ?? ''];
};

describe('a volume group', () => {
  it('that fills up in the middle of a creation is told with its numbers, and nothing is left of the instance', async () => {
    const [primary, secondary] = await names();
    const room = ground.lab.node(secondary);
    await room.run('lvcreate -q -q -y -Wn -l 100%FREE -n filler corral');
    const [nodeId, secondaryId] = await Promise.all(
      [primary, secondary].map(async (name) => (await ground.node(name)).id),
    );
    const creating = ground.create({ name: 'web2.test', nodeId, secondaryId });
    await expect(creating).rejects.toThrow(/MiB/);
    await room.run('lvremove -q -q -y corral/filler');
    await removeIfThere('web2.test');
    await ground.expectWhole();
  });
});

describe('a volume', () => {
  it('that something else holds open is not removed: the job says what holds it, and what it could not remove goes later', async () => {
    const [, secondary] = await names();
    const node = ground.lab.node(secondary);
    await ground.order('POST', api.instanceDisks(ground.instanceId), { sizeMiB: 16 });
    const added = (await ground.see()).disks.at(-1);
    const pid = (await node.run(`sleep 600 7< /dev/corral/disk-${added?.id}.meta & echo $!`)).trim();
    const first = await ground.ended(
      await ground.ask('DELETE', api.instanceDisk(ground.instanceId, added?.id ?? '')),
    );
    expect(first).toMatchObject({ status: 'error', error: { message: expect.stringContaining('sleep') } });
    await node.run(`kill ${pid}`);
    await ground.order('DELETE', api.instanceDisk(ground.instanceId, added?.id ?? ''));
    await ground.expectWhole();
  });
});

describe('a disk that answers with errors', () => {
  it('is left out by its mirror, the guest goes on, a verification names it with what mends it, and a new one takes its place', async () => {
    const [primary] = await names();
    const [disk] = (await ground.see()).disks;
    const table = `corral-disk--${disk?.id.replaceAll('-', '--')}`;
    const sectors = (disk?.sizeMiB ?? 0) * 2048;
    await ground.lab
      .node(primary)
      .run(
        `dmsetup suspend ${table} && echo "0 ${sectors} error" | dmsetup load ${table} && dmsetup resume ${table}`,
      );
    await until(
      () => ground.see(),
      ({ disks }) => disks[0]?.mirror?.state === 'notMirrored',
    );
    await ground.witness.goesOn();
    // While the watcher tries to bring it up again, a verification leaves it alone.
    const found = await until(
      () => ground.verify(),
      (all) => all.length > 0,
    );
    expect(found).toEqual([expect.objectContaining({ meaning: 'diskFaulty' })]);
    const mend = found[0]?.mend;
    expect(mend).toMatchObject({ operation: 'instance.replaceDisks', params: { mode: 'primary' } });
    await ground.order('POST', api.instanceAction(ground.instanceId, 'replace-disks'), { mode: 'primary' });
    await ground.expectWhole();
  });
});

async function removeIfThere(name: string) {
  const left = (await ground.list()).find((one) => one.name === name);
  if (left) await ground.order('DELETE', api.instance(left.id), { confirmName: name });
}
