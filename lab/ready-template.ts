// The image and the template as they are needed, from the cache of this machine or made and put there.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '@/tools/setup/run-command.mjs';
import { buildImage, imageFiles, keepDisk, type ImageFiles, type Progress } from './image/build-image';
import { cacheFolder, makeOnce, pruneCache } from './image/cache';
import { recipeHash } from './image/recipe';
import { buildQemuArgs, type Shape } from './qemu-command';
import { makeTemplate, settle, templateFiles, type TemplateFiles } from './template';

export type ReadyTemplate = TemplateFiles & { image: ImageFiles };

type Wanted = { shape: Shape; diskGiB: number; step: Progress };

export async function readyTemplate({ shape, diskGiB, step }: Wanted): Promise<ReadyTemplate> {
  const imageFolder = join(cacheFolder(), recipeHash());
  await makeOnce(imageFolder, (folder) => buildImage(folder, step));
  const image = imageFiles(imageFolder);
  const templates = join(imageFolder, 'templates');
  mkdirSync(templates, { recursive: true });
  const templateFolder = join(templates, await templateHash(shape, diskGiB));
  await makeOnce(templateFolder, (folder) =>
    step(`Booting the ${shape.kind === 'xen' ? 'Xen' : 'KVM'} node that all others are copies of`, () =>
      makeTemplate(folder, { image, shape, diskGiB, keepDisk }),
    ),
  );
  pruneCache(imageFolder);
  const files = templateFiles(templateFolder);
  if (!existsSync(files.state)) throw new Error(`${templateFolder} holds no template`);
  return { ...files, image };
}

/** Of everything that a copy must have in common with its template. */
async function templateHash(shape: Shape, diskGiB: number): Promise<string> {
  const version = await mustRun('qemu-system-x86_64', ['--version']);
  const args = buildQemuArgs({
    ...{ role: 'template', name: '', qmpSocket: '', serialLog: '', memoryFile: '', ...shape },
    ...{ image: imageFiles(''), disks: { vg: '', keep: '' } },
    ports: { shell: 0, terminal: 0, agent: 0 },
  });
  return createHash('sha256')
    .update(JSON.stringify([version, args, diskGiB, keepDisk, settle(shape.kind)]))
    .digest('hex')
    .slice(0, 16);
}
