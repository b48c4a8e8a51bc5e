// Disks mirrored between two nodes with DRBD, over two logical volumes on each: `/dev/drbd<minor>`.
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '@/contract/errors';
import { drbdMetaMiB, type NodeDisk } from '@/contract/schemas/disk';
import { formatMiB } from '@/contract/units';
import type { Drbd } from '../tools/drbd/drbd';
import { createDrbdEvents, type DrbdEvents } from '../tools/drbd/events';
import { volumePath } from '../tools/lvm/args';
import { createLvm, type Lvm } from '../tools/lvm/lvm';
import { readDeviceMiB } from '../tools/sys/device-size';
import type { Storage } from './block-device';
import { bringUp, closeDevice, devicePathOf, takeDown, targetOf } from './drbd-device';
import { createDrbdMirror } from './drbd-mirror';
import { createSetUps } from './drbd-set-ups';
import { createSplitBrains } from './drbd-split-brains';
import { createDiskVolumes } from './lvm-creation';
import { growVolume } from './lvm-growth';
import { dataOf, kindTag, metaOf, refOf, specOf } from './lvm-names';
import { createLvmVolumes } from './lvm-volumes';

type Tools = { drbd: Drbd; lvm?: Lvm; events?: DrbdEvents };

/** What the metadata has bits for: one for each 4 KiB, beside the activity log. */
const mostMiB = (drbdMetaMiB - 1) * 8 * 4 * 1_024;

export function createDrbdStorage({ drbd, lvm = createLvm(), events = createDrbdEvents() }: Tools): Storage {
  const volumes = createLvmVolumes(lvm);
  const splits = createSplitBrains(drbd);
  const setUps = createSetUps();
  const data = (disk: NodeDisk) => dataOf(disk, specOf(disk, 'drbd'));
  const both = (disk: NodeDisk) => [data(disk), metaOf(disk, specOf(disk, 'drbd'))];

  return {
    template: 'drbd',
    async create(disk, { wipe }, report) {
      refuseTooLarge(disk.diskId, disk.sizeMiB);
      const spec = specOf(disk, 'drbd');
      await createDiskVolumes(volumes, {
        ...{ disk, kind: 'drbd', wipe, report },
        data: { ...data(disk), stripes: spec.stripes },
        meta: { ...metaOf(disk, spec), stripes: spec.metaStripes, sizeMiB: drbdMetaMiB },
        fillMeta: (meta) => drbd.createMetadata(targetOf(disk), volumePath(meta)),
      });
    },
    async assemble(disk) {
      await volumes.activate(disk.diskId, both(disk));
      await bringUp({ drbd, splits, setUps }, disk);
      return { path: devicePathOf(disk) };
    },
    open: (disk) => drbd.primary(targetOf(disk), { force: false }),
    close: (disk) => closeDevice(drbd, disk),
    async shutdown(disk) {
      await takeDown({ drbd, setUps }, disk);
      await volumes.deactivate(both(disk));
    },
    async remove(disk) {
      await takeDown({ drbd, setUps }, disk);
      await volumes.removeAll(disk.diskId, both(disk));
    },
    give: (disk, toInstanceId) => volumes.give(disk.diskId, toInstanceId),
    async grow(disk, wish, report) {
      refuseTooLarge(disk.diskId, wish.sizeMiB);
      if (wish.stage === 'device') return growDevice(drbd, disk, wish);
      await growVolume(volumes, { diskId: disk.diskId, name: data(disk), wish, report });
    },
    async list() {
      return (await volumes.list(kindTag.drbd)).flatMap(refOf);
    },
    pools: () => volumes.pools(),
    mirror: createDrbdMirror({ drbd, volumes, events, splits, setUps }),
  };
}

function refuseTooLarge(diskId: string, sizeMiB: number): void {
  if (sizeMiB <= mostMiB) return;
  const message = `Disk ${diskId} cannot be mirrored with ${formatMiB(sizeMiB)}: ${formatMiB(mostMiB)} is the most`;
  throw new AppError('invalid', message, { details: { sizeMiB, mostMiB } });
}

/** What was wiped on both sides needs no synchronisation. */
async function growDevice(
  drbd: Drbd,
  disk: NodeDisk,
  { sizeMiB, wipe }: { sizeMiB: number; wipe: boolean },
): Promise<void> {
  await drbd.resize(targetOf(disk), { assumeClean: wipe });
  const path = devicePathOf(disk);
  const hasMiB = await growingTo(sizeMiB, path);
  if (hasMiB >= sizeMiB) return;
  const words = `${path} still has ${formatMiB(hasMiB)}: its other side is smaller or not connected`;
  throw new AppError('wrong_state', `Cannot grow disk ${disk.diskId} to ${formatMiB(sizeMiB)}: ${words}`);
}

/** The sides first tell each other what they have below; answers what the device has when it is large enough, or does not become so. */
async function growingTo(sizeMiB: number, path: string): Promise<number> {
  for (let waits = 150; ; waits -= 1) {
    const hasMiB = await readDeviceMiB(path);
    if (hasMiB >= sizeMiB || waits === 0) return hasMiB;
    await sleep(200);
  }
}
