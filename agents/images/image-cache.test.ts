// With the real qemu-img and with the simulated one alike, and then what only the real one can tell.
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { copyFile, readdir, readFile, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ImageRef } from '@/contract/agent-image-calls';
import { createFaults } from '../simulated-faults';
import { makeTempFolder } from '../testing/temp-folder';
import { createQemuImg, type ImageTool } from '../tools/qemu-img/qemu-img';
import { run } from '../tools/run';
import { createImageCache, type ImageCache } from './image-cache';
import { createSimulatedImageTool } from './simulated';

const MiB = 1024 * 1024;
const report = { log() {}, progress() {} };
const qemuImg = (...args: string[]) =>
  run({ argv: ['qemu-img', ...args], doing: 'make an image for a test', timeoutMs: 60_000 });

function refOf(content: Buffer, format: ImageRef['format']): ImageRef {
  const sha256 = createHash('sha256').update(content).digest('hex');
  return { imageId: randomUUID(), format, sha256, bytes: content.length };
}

async function send(
  cache: ImageCache,
  { imageId }: ImageRef,
  content: Buffer,
  chunk = 300_000,
): Promise<void> {
  for (let offset = 0; offset < content.length;)
    offset = await cache.write({ imageId, offset, data: content.subarray(offset, offset + chunk) });
}

/** 8 MiB: a sector of text, then zeros, then noise. */
function makeContent(): Buffer {
  const content = Buffer.alloc(8 * MiB);
  content.write('a boot sector');
  randomBytes(MiB).copy(content, 5 * MiB);
  return content;
}

/** A qcow2 image of this content, as its bytes. */
async function toQcow2(content: Buffer, ...options: string[]): Promise<Buffer> {
  const folder = await makeTempFolder();
  const [raw, made] = [join(folder, 'raw'), join(folder, 'made')];
  await writeFile(raw, content);
  await qemuImg('convert', '-f', 'raw', '-O', 'qcow2', ...options, raw, made);
  return readFile(made);
}

const tools: [string, () => ImageTool][] = [
  ['qemu-img', createQemuImg],
  ['simulated', () => createSimulatedImageTool(createFaults())],
];

describe.each(tools)('images on a node: %s', (_, makeTool) => {
  const open = async (more: { limitBytes?: number } = {}) => {
    const folder = join(await makeTempFolder(), 'images');
    return { folder, cache: createImageCache({ folder, tool: makeTool(), ...more }) };
  };

  it('are there when all of a raw file has been sent, every call twice', async () => {
    const { folder, cache } = await open();
    const content = makeContent();
    const ref = refOf(content, 'raw');
    expect(await cache.look(ref)).toEqual({ state: 'partial', haveBytes: 0, virtualBytes: null });
    await send(cache, ref, content.subarray(0, MiB));
    expect(await cache.look(ref)).toMatchObject({ haveBytes: MiB });
    await send(cache, ref, content);
    expect(await cache.finish(ref, report)).toEqual({ virtualBytes: content.length });
    expect(await cache.finish(ref, report)).toEqual({ virtualBytes: content.length });
    expect(await cache.look(ref)).toEqual({
      ...{ state: 'ready', haveBytes: content.length, virtualBytes: content.length },
    });
    const { path } = await cache.use(ref.imageId);
    expect((await readFile(path)).equals(content)).toBe(true);
    expect((await stat(path)).blocks * 512).toBeLessThan(content.length / 2);
    expect(await readdir(folder)).toEqual([`${ref.imageId}.raw`]);
  });

  it('keep the size that a qcow2 image describes', async () => {
    const { folder, cache } = await open();
    const content = await toQcow2(makeContent());
    const ref = refOf(content, 'qcow2');
    await cache.look(ref);
    await send(cache, ref, content);
    expect(await cache.finish(ref, report)).toEqual({ virtualBytes: 8 * MiB });
    expect(await readdir(folder)).toEqual([`${ref.imageId}.raw`]);
  });

  it('keep what a script exported to the byte, whatever it begins with', async () => {
    const { cache } = await open();
    const content = Buffer.from('QFI\xfb of an odd length\0\0', 'latin1');
    const ref = refOf(content, 'script');
    await cache.look(ref);
    await send(cache, ref, content);
    expect(await cache.finish(ref, report)).toEqual({ virtualBytes: content.length });
    expect((await readFile((await cache.use(ref.imageId)).path)).equals(content)).toBe(true);
  });

  it('are not made of what has another checksum, is shorter, or leaves a hole', async () => {
    const { folder, cache } = await open();
    const content = makeContent();
    const ref = refOf(content, 'raw');
    const wrong = { ...ref, sha256: 'a'.repeat(64) };
    await cache.look(wrong);
    await send(cache, wrong, content);
    await expect(cache.finish(wrong, report)).rejects.toMatchObject({
      ...{ code: 'invalid', message: expect.stringContaining(ref.sha256) },
    });
    await send(cache, ref, content.subarray(0, MiB));
    await expect(cache.finish(ref, report)).rejects.toMatchObject({ code: 'wrong_state' });
    await expect(cache.write({ imageId: ref.imageId, offset: 5, data: content })).rejects.toMatchObject({
      code: 'wrong_state',
    });
    await expect(cache.use(ref.imageId)).rejects.toMatchObject({ code: 'not_found' });
    expect((await readdir(folder)).filter((name) => name.endsWith('.raw'))).toEqual([]);
  });

  it('are not made of what is something else than was said', async () => {
    const { cache } = await open();
    const content = await toQcow2(makeContent());
    const ref = refOf(content, 'raw');
    await cache.look(ref);
    await send(cache, ref, content);
    await expect(cache.finish(ref, report)).rejects.toMatchObject({
      message: 'The image is not a raw image, but a qcow2 image',
    });
  });

  it('go when they are removed, and those that are not used for longest when room is needed', async () => {
    const { folder, cache } = await open({ limitBytes: 3 * MiB });
    const ids: string[] = [];
    for (let count = 0; count < 3; count += 1) {
      const content = makeContent();
      content.set(randomBytes(1_500_000), MiB);
      const ref = refOf(content, 'raw');
      await cache.look(ref);
      await send(cache, ref, content);
      await cache.finish(ref, report);
      const long = new Date(1_000_000 * (count + 1));
      await utimes(join(folder, `${ref.imageId}.raw`), long, long);
      ids.push(ref.imageId);
    }
    expect(await readdir(folder)).toEqual([`${ids[2]}.raw`]);
    await cache.keepOnly([randomUUID()]);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('images on a node with the real qemu-img', () => {
  const open = async () => {
    const folder = join(await makeTempFolder(), 'images');
    return { folder, cache: createImageCache({ folder, tool: createQemuImg() }) };
  };
  const deliver = async (cache: ImageCache, content: Buffer) => {
    const ref = refOf(content, 'qcow2');
    await cache.look(ref);
    await send(cache, ref, content);
    await cache.finish(ref, report);
    return cache.use(ref.imageId);
  };

  it.each([[[]], [['-c']], [['-o', 'compat=0.10']], [['-c', '-o', 'compression_type=zstd']]])(
    'become plain files with the same content: %j',
    async (options) => {
      const { cache } = await open();
      const content = makeContent();
      const { path } = await deliver(cache, await toQcow2(content, ...options));
      expect((await readFile(path)).equals(content)).toBe(true);
      const { blocks, mode, uid } = await stat(path);
      expect(blocks * 512).toBeLessThan(content.length / 2);
      expect([mode & 0o777, uid]).toEqual([0o600, process.getuid?.()]);
    },
  );

  it('are refused when they are broken, and leave nothing', async () => {
    const { folder, cache } = await open();
    const content = await toQcow2(makeContent());
    // The table of reference counts, whose place stands at byte 48.
    content.fill(0xee, Number(content.readBigUInt64BE(48)) + 8, Number(content.readBigUInt64BE(48)) + 64);
    content.fill(0xff, Number(content.readBigUInt64BE(40)), Number(content.readBigUInt64BE(40)) + 8);
    await expect(deliver(cache, content)).rejects.toMatchObject({ code: 'invalid' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('are refused when they were cut off, and leave nothing', async () => {
    const { folder, cache } = await open();
    const content = await toQcow2(makeContent());
    await expect(deliver(cache, content.subarray(0, 400_000))).rejects.toMatchObject({ code: 'invalid' });
    expect(await readdir(folder)).toEqual([]);
  });

  it('are refused before qemu-img sees them when they name another file', async () => {
    const { folder, cache } = await open();
    const made = await makeTempFolder();
    const path = join(made, 'trap');
    await qemuImg('create', '-f', 'qcow2', '-u', '-b', '/etc/passwd', '-F', 'raw', path, '1M');
    await expect(deliver(cache, await readFile(path))).rejects.toMatchObject({
      message: expect.stringContaining('backing file'),
    });
    expect(await readdir(folder)).toEqual([]);
  });

  it('are written onto a disk from its first byte on, over what was there, and leave its room reserved', async () => {
    const { cache } = await open();
    const content = makeContent();
    const { path } = await deliver(cache, await toQcow2(content));
    const disk = join(await makeTempFolder(), 'a disk, of 16 MiB');
    await writeFile(disk, Buffer.alloc(16 * MiB, 0xaa));
    const seen: number[] = [];
    const writing = { progress: (done: number) => void seen.push(done) };
    for (const _ of ['once', 'again']) await createQemuImg().write({ from: path, to: disk }, writing);
    const written = await readFile(disk);
    expect(written.subarray(0, content.length).equals(content)).toBe(true);
    expect(written.subarray(content.length).equals(Buffer.alloc(8 * MiB, 0xaa))).toBe(true);
    expect((await stat(disk)).blocks * 512).toBeGreaterThanOrEqual(16 * MiB);
    expect(seen.at(-1)).toBe(1);
  });

  it('are converted within limits: what would need more is refused', async () => {
    const tool = createQemuImg();
    const folder = await makeTempFolder();
    const owner = await tool.owner();
    await copyFile('/dev/null', join(folder, 'plain'));
    await writeFile(join(folder, 'source'), await toQcow2(makeContent()));
    if (owner)
      await run({ argv: ['chown', '-R', `${owner.uid}`, folder], doing: 'give it away', timeoutMs: 5_000 });
    const half = { folder, from: 'source', to: 'plain', virtualBytes: 4 * MiB };
    await expect(tool.normalise(half, report)).rejects.toMatchObject({ code: 'tool_failed' });
    await truncate(join(folder, 'plain'), 0);
    await tool.normalise({ ...half, virtualBytes: 8 * MiB }, report);
  });
});
