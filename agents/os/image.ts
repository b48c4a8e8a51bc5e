// Disk images that operators added: the plain file that the node made of one is written onto the first disk, or handed to the scripts of the OS
// that exported it.
import { AppError } from '@/contract/errors';
import { formatMiB } from '@/contract/units';
import type { OsOffer } from '@/contract/schemas/node';
import { imageDiskMiB } from '@/contract/schemas/image';
import { scriptOf } from '@/contract/schemas/instance';
import type { ImageCache } from '../images/image-cache';
import type { ImageTool } from '../tools/qemu-img/qemu-img';
import { zeroRest } from '../tools/blkdiscard/zero-rest';
import type { OsDriver } from './os-definition';
import type { ScriptOs } from './script';

export type ImageOsRequest = {
  scripts: Pick<ScriptOs, 'verify' | 'importDisk' | 'rename'>;
  images: Pick<ImageCache, 'use'>;
  tool: Pick<ImageTool, 'version' | 'write'>;
  /** Of what was on the disk before, behind the image. */
  clearRest?: typeof zeroRest;
};

export function createImageOs({ scripts, images, tool, clearRest = zeroRest }: ImageOsRequest): OsDriver {
  let offer: OsOffer = { kind: 'image', state: 'preparing', detail: null };
  return {
    kind: 'image',
    async prepare() {
      const version = await tool.version();
      if (version === null) {
        const detail = 'qemu-img is not installed (apt-get install qemu-utils).';
        offer = { kind: 'image', state: 'failed', detail };
        throw new AppError('unavailable', detail);
      }
      offer = { kind: 'image', state: 'ready', detail: version };
    },
    offer: () => offer,
    async verify(os, report) {
      const script = scriptOf(os);
      if (script) await scripts.verify?.(script, report);
    },
    async install(request, report) {
      const { definition, diskPaths, reinstall } = request;
      const { os, disks } = definition;
      const [path] = diskPaths;
      if (os.kind !== 'image') throw new AppError('internal', `${definition.name} has no disk image`);
      const sizeMiB = disks.find(({ index }) => index === 0)?.sizeMiB;
      if (path === undefined || sizeMiB === undefined) return;
      const image = await images.use(os.imageId);
      if (os.script) return scripts.importDisk({ ...request, from: image.path }, report);
      const neededMiB = imageDiskMiB(image);
      if (neededMiB > sizeMiB)
        throw new AppError(
          'invalid',
          `the image needs a disk of ${formatMiB(neededMiB)}, disk 0 has ${formatMiB(sizeMiB)}`,
          { details: { neededMiB, sizeMiB } },
        );
      report.log('Writing the image onto the disk');
      await tool.write({ from: image.path, to: path }, report);
      // New disks are zeros behind it, or as the cluster wants them.
      if (reinstall)
        await clearRest({ path, fromBytes: image.virtualBytes, toMiB: sizeMiB, signal: report.signal });
      report.progress(1);
    },
    async rename(request, report) {
      if (scriptOf(request.definition.os)) await scripts.rename?.(request, report);
    },
    boot: async () => ({ kind: 'firmware' }),
  };
}
