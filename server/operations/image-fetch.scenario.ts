import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { makeImageFile, serveFile, waitingImage } from './testing/image-world';
import type { Scenario } from './testing/scenario';

const content = makeImageFile();

const downloaded: Scenario = {
  title: 'downloaded',
  async prepare(world) {
    const place = await world.makePlace();
    const targetId = randomUUID();
    const url = await serveFile(content);
    await world.db.image.create({ data: waitingImage({ id: targetId, place, url, content }) });
    return { place, targetId };
  },
  submit: (world, { place, targetId }) =>
    world.order({
      ...{ operation: 'image.fetch', place },
      target: { kind: 'image', id: targetId, name: 'debian' },
      params: { imageId: targetId, download: true },
    }),
  async verify(world, { targetId }) {
    const image = await world.db.image.findUnique({ where: { id: targetId } });
    expect(image).toMatchObject({ state: 'ready', problem: null, virtualBytes: BigInt(content.length) });
    expect(await world.images.size(targetId)).toBe(content.length);
  },
};

const uploaded: Scenario = {
  ...downloaded,
  title: 'uploaded',
  skips: ['download'],
  async prepare(world) {
    const place = await world.makePlace();
    const targetId = randomUUID();
    await world.images.append(targetId, { offset: 0, data: content });
    await world.db.image.create({ data: waitingImage({ id: targetId, place, url: null, content }) });
    return { place, targetId };
  },
  submit: (world, { place, targetId }) =>
    world.order({
      ...{ operation: 'image.fetch', place },
      target: { kind: 'image', id: targetId, name: 'debian' },
      params: { imageId: targetId, download: false },
    }),
};

export const imageFetchScenarios = [downloaded, uploaded];
