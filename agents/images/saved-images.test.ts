// Of disks that real scripts and the real qemu-img save.
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { scriptOf } from '@/contract/schemas/instance';
import { createImageOs } from '../os/image';
import { about, type Definition, makeScriptOs, withScriptOs } from '../os/testing/script-os';
import type { ReadSpace } from '../storage/folder-space';
import { defineSimulated } from '../testing/definitions';
import { makeTempFolder } from '../testing/temp-folder';
import { createQemuImg } from '../tools/qemu-img/qemu-img';
import { createImageCache } from './image-cache';
import { createSavedImages } from './saved-images';

const slow = { timeout: 60_000 };
const MiB = 1024 ** 2;
const tool = createQemuImg();

async function make(files: Definition, readSpace?: ReadSpace) {
  const { os: scripts, disk, told, report } = await makeScriptOs({ create: 'true', ...files });
  const folder = await makeTempFolder();
  const saved = createSavedImages({ folder, scripts, tool, readSpace });
  const imageId = randomUUID();
  await writeFile(disk, 'the disk');
  const save = (definition: InstanceDefinition = withScriptOs()) =>
    saved.save({ imageId, definition, diskPaths: [disk], about }, report);
  const readAll = () => saved.read({ imageId, offset: 0, length: 8 * MiB });
  return { scripts, disk, told, report, folder, saved, imageId, save, readAll };
}

it('saves what the script export writes, and tells what it says', slow, async () => {
  const script =
    'echo "saving $EXPORT_INDEX of $INSTANCE_NAME" >&2; echo 8 >&3; tr a-z A-Z < "$EXPORT_DEVICE"';
  const { told, save, readAll, folder, imageId } = await make({ export: script });
  const sha256 = createHash('sha256').update('THE DISK').digest('hex');
  expect(await save()).toEqual({ format: 'script', bytes: 8, sha256 });
  expect((await readAll()).toString()).toBe('THE DISK');
  expect(told).toEqual(['saving 0 of web1']);
  expect(await readdir(folder)).toEqual([`${imageId}.saved`]);
});

it('hands what was saved to the script import of another instance', slow, async () => {
  const script = 'cat > "$IMPORT_DEVICE"; echo "read $IMPORT_INDEX of $INSTANCE_NAME"';
  const { scripts, disk, told, report, readAll, save } = await make({
    export: 'cat "$EXPORT_DEVICE"',
    import: script,
  });
  await save();
  const folder = await makeTempFolder();
  const imageId = randomUUID();
  await writeFile(join(folder, `${imageId}.raw`), await readAll());
  await writeFile(disk, '');
  const os = createImageOs({ scripts, tool, images: createImageCache({ folder, tool }) });
  const choice = { kind: 'image', imageId, script: scriptOf(withScriptOs().os) ?? undefined } as const;
  await os.verify?.(choice, report);
  await os.install({ definition: withScriptOs({}, { os: choice }), diskPaths: [disk], about }, report);
  expect(await readFile(disk, 'utf8')).toBe('the disk');
  expect(told).toContain('read 0 of web1');
});

it('says where an OS has no script import', slow, async () => {
  const { scripts, disk, report } = await make({});
  const from = disk;
  const importing = scripts.importDisk(
    { definition: withScriptOs(), diskPaths: [disk], about, from },
    report,
  );
  const message = "the node's OS test has no script import";
  await expect(importing).rejects.toMatchObject({ code: 'unavailable', message });
});

it('saves a disk as it is where no script does, without its zeros', slow, async () => {
  const { disk, told, save, readAll } = await make({});
  await truncate(disk, 64 * MiB);
  const found = await save();
  expect(found).toMatchObject({ format: 'qcow2' });
  expect(found.bytes).toBeLessThan(2 * MiB);
  expect(told).toEqual(['The node has no script export of OS test: the disk is saved as it is']);
  const file = join(await makeTempFolder(), 'saved');
  await writeFile(file, await readAll());
  execFileSync('qemu-img', ['compare', '-f', 'qcow2', '-F', 'raw', file, disk]);
  await expect(save(defineSimulated('web1', { os: { kind: 'tiny' } }))).resolves.toMatchObject({
    format: 'qcow2',
  });
});

it('leaves nothing of a disk that could not be saved', slow, async () => {
  const { save, folder, readAll } = await make({
    export: 'echo half; echo "no such file system" >&2; exit 1',
  });
  await expect(save()).rejects.toMatchObject({ message: expect.stringContaining('no such file system') });
  expect(await readdir(folder)).toEqual([]);
  await expect(readAll()).rejects.toMatchObject({ code: 'not_found' });
  const { save: saveNothing } = await make({ export: 'true' });
  await expect(saveNothing()).rejects.toMatchObject({ message: 'nothing was written' });
});

it('ends a saving before the node is full', slow, async () => {
  let blocks = 1_000_000;
  const readSpace = async () => ({ bsize: 4_096, blocks: 1_000_000, bavail: blocks });
  const { save, folder } = await make({ export: 'echo begun; while true; do sleep 0.1; done' }, readSpace);
  const saving = save();
  const failed = expect(saving).rejects.toMatchObject({ code: 'no_resources' });
  await expect.poll(() => readdir(folder)).not.toEqual([]);
  blocks = 0;
  await failed;
  expect(await readdir(folder)).toEqual([]);
});

it('forgets what is no image any more', slow, async () => {
  const { save, saved, imageId, readAll } = await make({ export: 'echo content' });
  await save();
  await saved.keepOnly([imageId]);
  expect((await readAll()).toString()).toBe('content\n');
  await saved.keepOnly([randomUUID()]);
  await expect(readAll()).rejects.toMatchObject({ code: 'not_found' });
});
