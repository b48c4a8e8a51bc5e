import { expect } from 'vitest';
import { noAmounts } from '../quotas/charge';
import { firstDisk } from './testing/first-disk';
import type { Scenario, Subject } from './testing/scenario';
import { mirrored, onVolumes, type World } from './testing/world';

export const diskMoveScenarios: readonly Scenario[] = [
  {
    title: 'between running instances',
    async prepare(world) {
      const place = await world.makePlace();
      const targetId = await world.makeInstance(place, { start: true, as: onVolumes });
      await world.makeInstance(place, { start: true, as: onVolumes });
      return { place, targetId };
    },
    submit,
    verify,
  },
  {
    title: 'to one that runs on the other node',
    async prepare(world) {
      const place = await world.makePlace({ nodes: 2 });
      const targetId = await world.makeInstance(place, { start: false, as: mirrored });
      const otherId = await world.makeInstance(place, { start: true, as: mirrored });
      await world.runOn(place, otherId, { operation: 'instance.migrate' });
      return { place, targetId };
    },
    submit,
    verify,
  },
];

async function submit(world: World, { place, targetId }: Subject): Promise<number> {
  const { id: diskId, sizeMiB } = await firstDisk(world, targetId);
  const toInstanceId = await otherOf(world, { place, targetId });
  return world.orderOn(place, targetId, {
    ...{ operation: 'disk.move', params: { diskId, toInstanceId } },
    ...{ amounts: { ...noAmounts, diskMiB: sizeMiB }, chargedId: toInstanceId },
  });
}

async function verify(world: World, { place, targetId }: Subject): Promise<void> {
  const otherId = await otherOf(world, { place, targetId });
  const disksOf = async (instanceId: string) => {
    const disks = await world.db.disk.findMany({ where: { instanceId }, orderBy: { index: 'asc' } });
    return disks.map(({ index, sizeMiB, lifecycle }) => [index, sizeMiB, lifecycle]);
  };
  expect(await disksOf(targetId)).toEqual([[1, 32, 'ready']]);
  expect(await disksOf(otherId)).toEqual([
    [0, 64, 'ready'],
    [1, 32, 'ready'],
    [2, 64, 'ready'],
  ]);
  const { nodeId } = await world.db.instance.findUniqueOrThrow({ where: { id: otherId } });
  const node = place.nodes.find(({ id }) => id === nodeId);
  if (!node) throw new Error('it is on a node of the place');
  const machine = await world.agents.client.call(node, 'instance.machine', { instanceId: otherId });
  expect(machine.disks.map(({ index }) => index)).toEqual([0, 1, 2]);
}

async function otherOf(world: World, { place, targetId }: Subject): Promise<string> {
  const { clusterId } = place;
  return (await world.db.instance.findFirstOrThrow({ where: { clusterId, NOT: { id: targetId } } })).id;
}
