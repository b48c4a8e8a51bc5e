// The drivers of a real node, all below its data folder.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drivers } from './drivers';
import { createHookScripts } from './hooks/hook-scripts';
import { createKvm } from './hypervisors/kvm';
import { createXen } from './hypervisors/xen';
import { ensureQemuUser } from './hypervisors/qemu-user';
import { createImageCache } from './images/image-cache';
import { createSavedImages } from './images/saved-images';
import { createBridgedNetwork } from './network/bridged';
import { createUserNetwork } from './network/user';
import { createXenBridgedNetwork } from './network/xen-bridged';
import { createImageOs } from './os/image';
import { createIsoOs } from './os/iso';
import { createNoneOs } from './os/none';
import { createScriptOs, usualOsPath } from './os/script';
import { createTinyOs } from './os/tiny';
import { createDisklessStorage } from './storage/diskless';
import { createFileStorage } from './storage/file';
import { createLoopedFileStorage } from './storage/looped-file';
import { findLvmStorages } from './storage/lvm-storages';
import { createIp } from './tools/ip/ip';
import { createQemuImg } from './tools/qemu-img/qemu-img';
import { runsXen } from './tools/xl/detect';

const findTapOwner = async () => (await ensureQemuUser())?.uid ?? null;

export type RealDriversRequest = {
  dataDir: string;
  /** Folders with OS definitions; null: the usual ones and one of the agent's own. */
  osPath?: readonly string[] | null;
};

/** Quick: what takes long (the tiny OS) is left to each OS driver's `prepare`. */
export async function createRealDrivers({ dataDir, osPath }: RealDriversRequest): Promise<Drivers> {
  const isXen = await runsXen();
  const isoFolder = join(dataDir, 'iso');
  await mkdir(isoFolder, { recursive: true });
  const scripts = createScriptOs({
    path: osPath ?? [...usualOsPath, join(dataDir, 'os-definitions')],
    logFolder: join(dataDir, 'os-logs'),
  });
  const tool = createQemuImg();
  const images = createImageCache({ folder: join(dataDir, 'images'), tool });
  return {
    hypervisors: isXen
      ? createXen({ stateFolder: join(dataDir, 'xen') })
      : [await createKvm({ stateFolder: join(dataDir, 'kvm') })],
    storages: [
      createDisklessStorage(),
      (isXen ? createLoopedFileStorage : createFileStorage)({ folder: join(dataDir, 'disks') }),
      ...(await findLvmStorages()),
    ],
    networks: isXen
      ? [createXenBridgedNetwork()]
      : [createUserNetwork(), createBridgedNetwork(createIp(), findTapOwner)],
    oses: [
      createTinyOs(join(dataDir, 'os', 'tiny')),
      createIsoOs(isoFolder),
      scripts,
      createImageOs({ scripts, images, tool }),
      createNoneOs(),
    ],
    hooks: createHookScripts(),
    images,
    saved: createSavedImages({ folder: join(dataDir, 'saved-images'), scripts, tool }),
    isoFolder,
  };
}
