// What happens to images between the control plane and nodes where something goes wrong.
import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { AppError } from '@/contract/errors';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { makeImageFile, serveFile, waitingImage } from './testing/image-world';
import { useWorld } from './testing/use-world';
import type { Place, World } from './testing/world';

let world: World;
useWorld((used) => ({ world } = used));

const onNode = async ({ node }: Place) =>
  (await readdir(path.join(node.simulated.dataDir, 'images')).catch(() => [])).sort();

async function fetchImage(place: Place, image: Parameters<World['db']['image']['create']>[0]['data']) {
  const { id, name } = await world.db.image.create({ data: image });
  const target = { kind: 'image', id, name } as const;
  const params = { imageId: id, download: image.url !== null };
  const job = await untilEnded(
    world.db,
    await world.order({ operation: 'image.fetch', place, target, params }),
  );
  return { job, row: await world.db.image.findUniqueOrThrow({ where: { id } }) };
}

it('an image whose checksum is another one fails with both, and its file goes', async () => {
  const place = await world.makePlace();
  const content = makeImageFile();
  const id = randomUUID();
  const url = await serveFile(content);
  const waiting = { ...waitingImage({ id, place, url, content }), sha256: 'a'.repeat(64) };
  const { row } = await fetchImage(place, waiting);
  expect(row).toMatchObject({ state: 'failed', problem: expect.stringContaining(`not ${'a'.repeat(64)}`) });
  expect(await world.images.size(id)).toBe(0);
});

it('an image that no node can check fails with the reason', async () => {
  const place = await world.makePlace();
  await world.db.node.update({ where: { id: place.node.id }, data: { state: 'offline' } });
  const content = makeImageFile();
  const { row } = await fetchImage(place, {
    ...waitingImage({ id: randomUUID(), place, url: await serveFile(content), content }),
  });
  expect(row).toMatchObject({ state: 'failed', problem: expect.stringContaining('no node of its cluster') });
});

it('a node is sent only what it lacks, and forgets what was removed while it was away', async () => {
  const place = await world.makePlace();
  const removed = await world.makeImage(place);
  await world.makeInstance(place, { start: false, os: { kind: 'image', imageId: removed.id } });
  expect(await onNode(place)).toEqual([`${removed.id}.raw`]);
  await world.db.image.delete({ where: { id: removed.id } });
  const image = await world.makeImage(place);
  const os = { kind: 'image', imageId: image.id } as const;
  await world.makeInstance(place, { start: false, os });
  expect(await onNode(place)).toEqual([`${image.id}.raw`]);
  await world.images.remove(image.id);
  await world.makeInstance(place, { start: false, os });
});

it('an image that does not fit is refused before anything is made', async () => {
  const place = await world.makePlace();
  const { id } = await world.makeImage(place);
  const large = { ...waitingImage({ id, place, url: null, content: Buffer.alloc(65 * 1024 ** 2) }) };
  await world.images.remove(id);
  await world.images.append(id, { offset: 0, data: Buffer.alloc(65 * 1024 ** 2) });
  await world.db.image.update({ where: { id }, data: { sha256: large.sha256, bytes: large.bytes } });
  const wish = { id: randomUUID(), start: false, os: { kind: 'image', imageId: id } } as const;
  const job = await untilEnded(world.db, await world.orderCreate(place, wish));
  expect(job.error).toMatchObject({
    message: expect.stringContaining('needs a disk of 65 MiB, disk 0 has 64 MiB'),
  });
  expect(place.node.simulated.faults.count('storage.create')).toBe(0);
});

it('a check that fails on the node is the reason that the image tells', async () => {
  const place = await world.makePlace();
  const content = Buffer.alloc(1024 ** 2);
  const error = new AppError('invalid', 'The image is broken');
  place.node.simulated.faults.fail('image.check', { error });
  content.write('QFI\xfb', 'latin1');
  content.writeUInt32BE(3, 4);
  content.writeUInt32BE(16, 20);
  content.writeBigUInt64BE(1_048_576n, 24);
  content.writeUInt32BE(104, 100);
  const id = randomUUID();
  const url = await serveFile(content);
  const { row } = await fetchImage(place, { ...waitingImage({ id, place, url, content }), format: 'qcow2' });
  expect(row).toMatchObject({ state: 'failed', problem: expect.stringContaining('The image is broken') });
  expect(await onNode(place)).toEqual([]);
});
