import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';

export const imageRemoveScenario: Scenario = {
  async prepare(world) {
    const place = await world.makePlace();
    const { id } = await world.makeImage(place);
    return { place, targetId: id };
  },
  submit: (world, { place, targetId: imageId }) =>
    world.order({
      ...{ operation: 'image.remove', place },
      target: { kind: 'image', id: imageId, name: 'debian' },
      params: { imageId, clusterId: place.clusterId, before: 'ready' },
    }),
  async verify(world, { targetId }) {
    expect(await world.db.image.findUnique({ where: { id: targetId } })).toBeNull();
    expect(await world.images.size(targetId)).toBe(0);
  },
};
