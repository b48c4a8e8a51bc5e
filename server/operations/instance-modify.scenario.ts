import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { noAmounts } from '../quotas/charge';
import { firstDisk } from './testing/first-disk';
import type { Scenario } from './testing/scenario';

export const instanceModifyScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    return { place, targetId: await world.makeInstance(place, { start: true }) };
  },
  async submit(world, { place, targetId }) {
    const old = await world.db.nic.findFirstOrThrow({ where: { instanceId: targetId } });
    const nic = { id: randomUUID(), index: 1, mode: 'bridged', link: 'br1', mac: macOf(targetId) };
    const { id: diskId } = await firstDisk(world, targetId);
    const params = {
      disks: [{ id: diskId, name: 'root', mode: 'ro' }],
      ...{ vcpus: 3, memoryMiB: 192, runtimeMemoryMiB: 160, minMemoryMiB: 128 },
      ...{ hvParams: { vga: 'none' }, addNics: [nic], removeNicIds: [old.id] },
    };
    const amounts = { ...noAmounts, vcpus: 1 };
    return world.orderOn(place, targetId, { operation: 'instance.modify', params, amounts });
  },
  async verify(world, { targetId }) {
    const instance = await world.db.instance.findUnique({ where: { id: targetId }, include: { nics: true } });
    expect(instance).toMatchObject({ vcpus: 3, memoryMiB: 192, hvParams: { vga: 'none' } });
    expect(instance?.machine).toMatchObject({ vcpus: 2, memoryMiB: 256 });
    const { name, mode } = await firstDisk(world, targetId);
    expect([name, mode]).toEqual(['root', 'ro']);
    expect(instance?.nics.map(({ index, link }) => [index, link])).toEqual([[1, 'br1']]);
  },
};

function macOf(id: string): string {
  const hex = id.replaceAll('-', '');
  return `aa:${[0, 2, 4, 6, 8].map((at) => hex.slice(at, at + 2)).join(':')}`;
}
