import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { loadVolumes } from '../db/node-volumes';
import type { Scenario } from './testing/scenario';

/** A volume is left over of a disk that the database knows nothing of. */
export const nodeRemoveVolumeScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    const ids = { instanceId: randomUUID(), diskId: randomUUID() };
    place.node.simulated.pools[0]?.put('left-over', { ...ids, sizeMiB: 64, part: 'snapshot' });
    return { place, targetId: place.node.id };
  },
  async submit(world, { place, targetId: nodeId }) {
    const { volumes } = await world.agents.client.call(place.node, 'volume.list', {});
    const { kind, pool, name } = volumes[0] ?? expect.fail('no volume');
    return world.order({
      ...{ operation: 'node.removeVolume', place, params: { nodeId, volume: { kind, pool, name } } },
      target: { kind: 'node', id: nodeId, name: place.node.name },
    });
  },
  async verify(world, { targetId }) {
    expect((await loadVolumes(world.db, targetId))?.items).toEqual([]);
  },
};
