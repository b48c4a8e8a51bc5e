import { afterAll, beforeAll, expect, it } from 'vitest';
import { toErrorBody } from '@/contract/errors';
import type { InstanceStart } from '@/contract/schemas/instance';
import { startInstance } from './instance-power';
import { makeInstance, openWorld, type Person, type World } from './testing/console-world';

let world: World;
let id: string;
beforeAll(async () => {
  world = await openWorld();
  id = await makeInstance(world.db, {
    ...{ clusterId: world.clusterId, nodeId: world.nodeId, ownerId: world.alice.actor.userId },
  });
});
afterAll(() => world.close());

const refusal = async (person: Person, wish: Partial<InstanceStart>) =>
  toErrorBody(
    await startInstance(person.ctx, { id, ...wish }).then(
      () => null,
      (error: unknown) => error,
    ),
  );

it('refuses an ISO file that the node does not have, and what belongs to a kernel without one', async () => {
  expect(await refusal(world.alice, { once: { cdrom: 'other.iso' } })).toMatchObject({
    code: 'invalid',
    details: { issues: [{ path: ['once', 'cdrom'] }] },
  });
  expect(await refusal(world.operator, { once: { kernelArgs: 'single' } })).toMatchObject({
    code: 'invalid',
    details: { issues: [{ path: ['once', 'kernelPath'] }] },
  });
});

it('lets owners do without a kernel, and only operators name one', async () => {
  const once = { kernelPath: '/boot/vmlinuz' };
  expect(await refusal(world.alice, { once })).toMatchObject({ code: 'forbidden' });
  const wish = { paused: true, once: { bootOrder: 'cdrom', cdrom: 'debian.iso', kernelPath: null } } as const;
  const { jobId } = await startInstance(world.alice.ctx, { id, ...wish });
  expect(await world.db.job.findUniqueOrThrow({ where: { id: jobId } })).toMatchObject({
    params: { instanceId: id, ...wish },
  });
});
