// What is special about adding a disk that is there already: its size and quota are known late, and its data are never lost.
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { checkLedger } from '../quotas/check-ledger';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { theirVolume, volumeGroupOf } from './testing/foreign-volumes';
import { useWorld } from './testing/use-world';
import { mirrored, onVolumes, type Place, type World } from './testing/world';

let world: World;

useWorld((used) => ({ world } = used));

async function adopt(place: Place, instanceId: string, volume: { vg: string; name: string }) {
  const params = { diskId: randomUUID(), adopt: volume };
  return untilEnded(world.db, await world.orderOn(place, instanceId, { operation: 'disk.add', params }));
}

const disksOf = (instanceId: string) => world.db.disk.count({ where: { instanceId } });

it('charges for what the volume has, and refuses what the quota does not allow, before it is touched', async () => {
  const place = await world.makePlace();
  const { clusterId, ownerId } = place;
  const instanceId = await world.makeInstance(place, { start: false, as: onVolumes });
  const volume = theirVolume(place, 16);
  const userId = ownerId;
  await world.db.quotaOverride.create({ data: { userId, clusterId, diskMiB: '100' } });
  expect(await adopt(place, instanceId, volume)).toMatchObject({
    ...{ status: 'error', needsAttention: false },
    error: { code: 'no_resources', message: expect.stringContaining('disk') },
  });
  expect(volumeGroupOf(place).foreign.get(volume.name)).toEqual({ sizeMiB: 16, isOpen: false });
  expect(await disksOf(instanceId)).toBe(2);
  await world.db.quotaOverride.deleteMany({ where: { userId } });
  expect(await adopt(place, instanceId, volume)).toMatchObject({ status: 'success', error: null });
  const balance = await world.db.quotaBalance.findFirst({ where: { ownerId, resource: 'diskMiB' } });
  expect(balance).toMatchObject({ used: 112n, reserved: 0n });
  expect(await checkLedger(world.db)).toEqual([]);
});

it('gives the volume its name back when the guest cannot have it', async () => {
  const place = await world.makePlace();
  const instanceId = await world.makeInstance(place, { start: true, as: onVolumes });
  const volume = theirVolume(place, 16);
  place.node.simulated.faults.fail('hypervisor.plug');
  expect(await adopt(place, instanceId, volume)).toMatchObject({ status: 'error', needsAttention: false });
  expect(volumeGroupOf(place).foreign.entries()).toEqual([[volume.name, { sizeMiB: 16, isOpen: false }]]);
  expect(await disksOf(instanceId)).toBe(2);
  expect(await checkLedger(world.db)).toEqual([]);
});

it('refuses what is in use, is not there, or can be no disk of this instance', async () => {
  const place = await world.makePlace({ nodes: 2 });
  const instanceId = await world.makeInstance(place, { start: false, as: onVolumes });
  const open = theirVolume(place, 16, { isOpen: true });
  expect(await adopt(place, instanceId, open)).toMatchObject({
    error: { message: expect.stringMatching(/^Cannot adopt corral\/theirs-16: something has it open/) },
  });
  expect(await adopt(place, instanceId, { ...open, name: 'nothing' })).toMatchObject({
    error: { code: 'not_found' },
  });
  const { id } = await world.db.disk.findFirstOrThrow({ where: { instanceId } });
  expect(await adopt(place, instanceId, { ...open, name: id })).toMatchObject({
    error: { message: expect.stringContaining('it belongs to a disk already') },
  });
  const mirroredId = await world.makeInstance(place, { start: false, as: mirrored });
  expect(await adopt(place, mirroredId, theirVolume(place, 8))).toMatchObject({
    error: { message: expect.stringContaining('its disks are drbd') },
  });
  expect(await disksOf(instanceId)).toBe(2);
});
