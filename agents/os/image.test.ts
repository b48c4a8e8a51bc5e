import { randomUUID } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createImageCache } from '../images/image-cache';
import { defineSimulated } from '../testing/definitions';
import { makeTempFolder } from '../testing/temp-folder';
import { createQemuImg } from '../tools/qemu-img/qemu-img';
import { createImageOs } from './image';
import { makeScriptOs } from './testing/script-os';

const MiB = 1024 * 1024;
const report = { log() {}, progress() {} };

/** An image of 1.5 MiB on the node, a disk of 4 MiB that was in use, and an instance of the one on the other. */
async function make({ imageId = randomUUID(), sizeMiB = 4 } = {}) {
  const folder = join(await makeTempFolder(), 'images');
  const tool = createQemuImg();
  const images = createImageCache({ folder, tool });
  await mkdir(folder);
  const content = Buffer.alloc(1.5 * MiB, 'image');
  await writeFile(join(folder, `${imageId}.raw`), content);
  const disk = join(folder, 'disk');
  await writeFile(disk, Buffer.alloc(4 * MiB, 0xaa));
  const base = defineSimulated('web1', { os: { kind: 'image', imageId } });
  const definition = { ...base, disks: base.disks.map((one) => ({ ...one, sizeMiB })) };
  const { os: scripts } = await makeScriptOs({ create: 'true' });
  return { os: createImageOs({ scripts, images, tool }), content, disk, definition };
}

it('puts the image onto the first disk and leaves what is behind it', async () => {
  const { os, content, disk, definition } = await make();
  await os.install({ definition, diskPaths: [disk] }, report);
  const written = await readFile(disk);
  expect(written.subarray(0, content.length).equals(content)).toBe(true);
  expect(written.subarray(content.length).every((byte) => byte === 0xaa)).toBe(true);
});

it('leaves nothing of what was on the disk before when it is installed again', async () => {
  const { os, content, disk, definition } = await make();
  await os.install({ definition, diskPaths: [disk], reinstall: true }, report);
  const written = await readFile(disk);
  expect(written.subarray(0, content.length).equals(content)).toBe(true);
  expect(written.subarray(content.length).every((byte) => byte === 0)).toBe(true);
  expect(written.length).toBe(4 * MiB);
  expect((await stat(disk)).blocks * 512).toBeGreaterThanOrEqual(4 * MiB);
});

it('refuses a disk that is too small, with the numbers, and writes nothing', async () => {
  const { os, disk, definition } = await make({ sizeMiB: 1 });
  await expect(os.install({ definition, diskPaths: [disk] }, report)).rejects.toMatchObject({
    ...{ code: 'invalid', message: 'the image needs a disk of 2 MiB, disk 0 has 1 MiB' },
  });
  expect((await readFile(disk)).every((byte) => byte === 0xaa)).toBe(true);
});

it('says when the image is not on the node', async () => {
  const { os, disk, definition } = await make();
  const other = { ...definition, os: { kind: 'image', imageId: randomUUID() } as const };
  await expect(os.install({ definition: other, diskPaths: [disk] }, report)).rejects.toMatchObject({
    code: 'not_found',
  });
});

it('is offered where there is a qemu-img', async () => {
  const { os } = await make();
  expect(os.offer()).toMatchObject({ kind: 'image', state: 'preparing' });
  await os.prepare(report);
  expect(os.offer()).toMatchObject({ kind: 'image', state: 'ready' });
});

it('is offered only where qemu-img is, and not given up where that is slow to answer', async () => {
  const { os: scripts } = await makeScriptOs({ create: 'true' });
  const folder = await makeTempFolder();
  const real = createQemuImg();
  const version = vi.fn<typeof real.version>();
  const tool = { ...real, version };
  const os = createImageOs({ scripts, tool, images: createImageCache({ folder, tool }) });
  version.mockRejectedValueOnce(new Error('no answer'));
  await expect(os.prepare(report)).rejects.toThrow('no answer');
  expect(os.offer()).toMatchObject({ state: 'preparing' });
  version.mockResolvedValueOnce(null);
  await expect(os.prepare(report)).rejects.toMatchObject({ code: 'unavailable' });
  expect(os.offer()).toMatchObject({ state: 'failed' });
  version.mockResolvedValueOnce('7.2.22');
  await os.prepare(report);
  expect(os.offer()).toMatchObject({ state: 'ready', detail: '7.2.22' });
});
