// A node whose machine was installed anew: its sides of mirrors are made again from the other nodes, while the instances run.
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createIdentityStore } from '@/agents/identity';
import { isMirrored } from '@/contract/schemas/disk';
import { type ClusterNode, type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { toNodeDisks } from './node-disks';
import { readInstance } from './placed-instance';
import { useWorld } from './testing/use-world';
import { mirrored, type World } from './testing/world';

let agents: SimulatedCluster;
let world: World;

useWorld((used) => ({ agents, world } = used));

/** Nothing is left on it but who it is. */
async function reinstall({ id, name, simulated: { dataDir } }: ClusterNode): Promise<void> {
  const identity = (await createIdentityStore(dataDir).read()) ?? expect.fail('no identity');
  await agents.nodes.cut(id);
  await rm(path.join(dataDir), { recursive: true, force: true });
  await agents.nodes.open({ name, identity });
}

it('gets its sides of mirrors back', async () => {
  const place = await world.makePlace({ nodes: 2 });
  const instanceId = await world.makeInstance(place, { start: true, as: mirrored });
  const [, second = expect.fail('no second node')] = place.nodes;
  await reinstall(second);
  expect((await agents.client.call(second, 'volume.list', {})).volumes).toEqual([]);
  await world.runOn(place, instanceId, { operation: 'instance.replaceDisks', params: { mode: 'secondary' } });
  const instance = await readInstance(world.db, instanceId);
  const disks = toNodeDisks(instance, second.id);
  const { mirrors } = await agents.client.call(second, 'mirror.status', { disks });
  expect(mirrors.map(isMirrored)).toEqual(disks.map(() => true));
  const { defined } = await agents.client.call(second, 'instance.list', {});
  expect(defined.map(({ id }) => id)).toEqual([instanceId]);
});
