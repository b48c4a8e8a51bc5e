// Disks as logical volumes of LVM: `/dev/<volume group>/disk-<disk id>`.
import type { NodeDisk } from '@/contract/schemas/disk';
import { volumePath } from '../tools/lvm/args';
import { createLvm, type Lvm } from '../tools/lvm/lvm';
import type { Storage } from './block-device';
import { createLvmAdoption } from './lvm-adoption';
import { createDiskVolumes } from './lvm-creation';
import { growVolume } from './lvm-growth';
import { dataOf, kindTag, refOf, specOf } from './lvm-names';
import { createLvmVolumes } from './lvm-volumes';
import { untilUnused } from './while-busy';

export function createPlainStorage(lvm: Lvm = createLvm()): Storage {
  const volumes = createLvmVolumes(lvm);
  const nameOf = (disk: NodeDisk) => dataOf(disk, specOf(disk, 'plain'));

  return {
    template: 'plain',
    async create(disk, { wipe }, report) {
      const { stripes } = specOf(disk, 'plain');
      const data = { ...nameOf(disk), stripes };
      const fillMeta = async () => {};
      await createDiskVolumes(volumes, { disk, kind: 'plain', data, meta: null, wipe, fillMeta, report });
    },
    async assemble(disk) {
      await volumes.activate(disk.diskId, [nameOf(disk)]);
      return { path: volumePath(nameOf(disk)) };
    },
    open: (disk) => volumes.activate(disk.diskId, [nameOf(disk)]),
    close: (disk) => untilUnused(volumePath(nameOf(disk))),
    shutdown: (disk) => volumes.deactivate([nameOf(disk)]),
    remove: (disk) => volumes.removeAll(disk.diskId, [nameOf(disk)]),
    give: (disk, toInstanceId) => volumes.give(disk.diskId, toInstanceId),
    async grow(disk, wish, report) {
      if (wish.stage === 'device') return;
      await growVolume(volumes, { diskId: disk.diskId, name: nameOf(disk), wish, report });
    },
    async list() {
      return (await volumes.list(kindTag.plain)).flatMap(refOf);
    },
    pools: () => volumes.pools(),
    adoption: createLvmAdoption(lvm, volumes),
  };
}
