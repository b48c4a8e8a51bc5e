import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import type { Scenario } from './testing/scenario';
import { mirrored, type Place, scriptedOs, type World } from './testing/world';

/** As accepting it writes it down. */
async function addImage({ db }: World, { clusterId }: Place): Promise<void> {
  const image = { clusterId, name: 'saved', format: 'raw', source: 'instance', state: 'fetching' };
  await db.image.create({ data: { id: randomUUID(), ...image } });
}

const findImage = ({ db }: World, { clusterId }: Place) =>
  db.image.findFirstOrThrow({ where: { clusterId, source: 'instance' } });

const asItIs: Scenario = {
  title: 'as it is',
  async prepare(world) {
    const place = await world.makePlace({ nodes: 2 });
    await addImage(world, place);
    return { place, targetId: await world.makeInstance(place, { start: false, as: mirrored }) };
  },
  async submit(world, { place, targetId }) {
    const { id: imageId } = await findImage(world, place);
    return world.orderOn(place, targetId, { operation: 'instance.saveImage', params: { imageId } });
  },
  async verify(world, { place }) {
    const { id, ...image } = await findImage(world, place);
    expect(image).toMatchObject({ state: 'ready', problem: null, format: 'raw', script: null });
    const content = await world.images.read(id, { offset: 0, length: 1_000 });
    expect(content.toString()).toBe('what a simulated disk holds');
    expect(image).toMatchObject({ bytes: BigInt(content.length), virtualBytes: 512n });
  },
};

const byScript: Scenario = {
  ...asItIs,
  title: 'by the script of its OS',
  async prepare(world) {
    const place = await world.makePlace();
    await addImage(world, place);
    return { place, targetId: await world.makeInstance(place, { start: false, os: scriptedOs }) };
  },
  async verify(world, { place, targetId }) {
    const { id, ...image } = await findImage(world, place);
    expect(image).toMatchObject({ state: 'ready', format: 'script', script: scriptedOs });
    const content = await world.images.read(id, { offset: 0, length: 1_000 });
    expect(content.toString()).toBe('what a simulated script exports');
    const disk = await world.db.disk.findFirstOrThrow({ where: { instanceId: targetId, index: 0 } });
    expect(image.virtualBytes).toBe(BigInt(disk.sizeMiB) * 1024n ** 2n);
  },
};

export const instanceSaveImageScenarios = [asItIs, byScript];
