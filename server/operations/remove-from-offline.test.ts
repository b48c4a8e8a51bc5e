// An instance whose node is off is removed without that node, and what lies there is found when it is back.
import { expect, it } from 'vitest';
import type { SimulatedCluster } from '../agents/testing/simulated-cluster';
import { verifyCluster } from '../verify/verify-cluster';
import { useWorld } from './testing/use-world';
import { mirrored, onVolumes, type Place, type World } from './testing/world';

let agents: SimulatedCluster;
let world: World;
useWorld((used) => ({ agents, world } = used));

const setState = (place: Place, state: 'offline' | 'online') =>
  world.db.node.update({
    where: { id: place.node.id },
    data: { state, fencedAt: state === 'offline' ? new Date() : null },
  });

async function findings({ clusterId, node }: Place): Promise<string[]> {
  const { signal } = new AbortController();
  const found = await verifyCluster({ db: world.db, agents: agents.client, clusterId, signal });
  expect(found.every(({ target }) => target.id === node.id)).toBe(true);
  return found.map(({ meaning, mend }) => `${meaning} ${mend?.kind}`).sort();
}

const volumes = (count: number) => Array.from({ length: count }, () => 'orphanVolume operation');

it.each([
  ['plain', 1, onVolumes, volumes(2)],
  // Mirrors that no power cut has taken down are found as well.
  ['mirrored', 2, mirrored, ['minorUnknown command', 'minorUnknown command', ...volumes(4)]],
] as const)(
  'removes an instance with %s disks, and finds what is left when the node is back',
  async (_, nodes, as, left) => {
    const place = await world.makePlace({ nodes });
    const instanceId = await world.makeInstance(place, { start: true, as });
    await setState(place, 'offline');
    await agents.client.call(place.node, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
    await world.runOn(place, instanceId, { operation: 'instance.remove' });
    expect(await world.db.instance.findUnique({ where: { id: instanceId } })).toBeNull();
    expect(await findings(place)).toEqual([]);
    await setState(place, 'online');
    expect(await findings(place)).toEqual(['orphanDefinition command', ...left].sort());
  },
);
