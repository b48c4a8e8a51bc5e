// What only mirrors do, with DRBD.
import { AppError } from '@/contract/errors';
import type { MirrorStatus, MirrorWish, NodeDisk } from '@/contract/schemas/disk';
import type { Drbd } from '../tools/drbd/drbd';
import type { DrbdEvents } from '../tools/drbd/events';
import { downState, type DeviceState } from '../tools/drbd/states';
import type { Mirror } from './block-device';
import { isConnectedAsSaid, targetOf } from './drbd-device';
import { renewVolumes } from './drbd-renewal';
import type { SetUps } from './drbd-set-ups';
import type { SplitBrains } from './drbd-split-brains';
import { dataOf, ownerTags, specOf } from './lvm-names';
import type { LvmVolumes } from './lvm-volumes';

type Parts = { drbd: Drbd; volumes: LvmVolumes; events: DrbdEvents; splits: SplitBrains; setUps: SetUps };

export function createDrbdMirror({ drbd, volumes, events, splits, setUps }: Parts): Mirror {
  return {
    async status(disks) {
      const states = await drbd.readStates();
      return Promise.all(disks.map((disk) => statusOf(disk, { drbd, splits, states })));
    },
    async areConnected(disks) {
      const states = await drbd.readStates();
      return disks.every((disk) => states.get(targetOf(disk).mirror.minor)?.connection === 'connected');
    },
    async devices(disks) {
      const states = [...(await drbd.readStates())];
      const minors = states.filter(([, { connection }]) => connection !== 'down').map(([minor]) => minor);
      if (minors.length === 0) return { minors, twoPrimaries: [] };
      const shown = await drbd.showAll();
      const open = disks.filter((disk) => shown.get(targetOf(disk).resource)?.twoPrimaries);
      return { minors, twoPrimaries: open.map(({ diskId }) => diskId) };
    },
    onChange: (listener) => events.listen(listener),
    connect: (disk, wish) => connect({ drbd, setUps }, disk, wish),
    markInSync: (disk) => markInSync(drbd, disk),
    forcePrimary: (disk) => drbd.primary(targetOf(disk), { force: true }),
    renew: (disk, report) => renewVolumes({ drbd, volumes, disk, report }),
    pauseSync: (disk, paused) => drbd.pauseSync(targetOf(disk), paused),
    snapshot: (disk, name) => takeSnapshot(volumes, disk, name),
  };
}

type View = { drbd: Drbd; splits: SplitBrains; states: Map<number, DeviceState> };

async function statusOf(disk: NodeDisk, { drbd, splits, states }: View): Promise<MirrorStatus> {
  const target = targetOf(disk);
  const state = states.get(target.mirror.minor) ?? downState;
  // Each costs a program, and sides that have met have compared theirs already.
  const areApart = !['down', 'connected'].includes(state.connection);
  return {
    diskId: disk.diskId,
    ...state,
    splitBrain: await splits.isSplit(target, state),
    generations: areApart ? await drbd.readGenerations(target) : [],
  };
}

async function connect(
  { drbd, setUps }: Pick<Parts, 'drbd' | 'setUps'>,
  disk: NodeDisk,
  wish: MirrorWish,
): Promise<void> {
  const target = targetOf(disk);
  const twoPrimaries = wish === 'twoPrimaries';
  const discardLocal = wish === 'discardLocal';
  if ((twoPrimaries || wish === 'usual') && setUps.isAsSaid(target, await drbd.readState(target)))
    return drbd.allowTwoPrimaries(target, twoPrimaries);
  setUps.forget(target);
  const shown = await drbd.show(target);
  if (!shown) throw refusal(disk, 'it is not up');
  const { addresses } = shown;
  if (wish === 'none') {
    if (addresses) await drbd.disconnect(target, addresses);
    return;
  }
  if (discardLocal && (await drbd.readState(target)).role === 'primary')
    throw refusal(disk, 'this side is primary');
  if (!discardLocal && isConnectedAsSaid(shown, target)) return drbd.allowTwoPrimaries(target, twoPrimaries);
  if (addresses) await drbd.disconnect(target, addresses);
  await drbd.connect(target, { twoPrimaries, discardLocal });
}

const refusal = ({ diskId }: NodeDisk, why: string) =>
  new AppError('wrong_state', `Cannot connect the sides of disk ${diskId}: ${why}`);

/** Anything but two new sides would lose what the one knows of the other's lack. */
async function markInSync(drbd: Drbd, disk: NodeDisk): Promise<void> {
  const target = targetOf(disk);
  const { connection, diskState, peerDiskState } = await drbd.readState(target);
  const states = new Set([diskState, peerDiskState]);
  const areBoth = (state: DeviceState['diskState']) => states.size === 1 && states.has(state);
  if (connection === 'connected' && areBoth('upToDate')) return;
  if (connection === 'connected' && areBoth('inconsistent')) return drbd.markInSync(target);
  const words = `the connection is ${connection}, its disks are ${diskState} and ${peerDiskState}`;
  throw new AppError('wrong_state', `Cannot take the sides of disk ${disk.diskId} for equal: ${words}`);
}

/** With room for all of it to change: a snapshot that runs full is lost. One of that name that is there already is kept. */
async function takeSnapshot(volumes: LvmVolumes, disk: NodeDisk, lv: string): Promise<{ volume: string }> {
  const data = dataOf(disk, specOf(disk, 'drbd'));
  const found = await volumes.find(disk.diskId);
  const origin = found(data);
  if (!origin) throw new AppError('not_found', `Cannot take a snapshot: disk ${disk.diskId} does not exist`);
  const volume = `${data.vg}/${lv}`;
  if (found({ vg: data.vg, lv })) return { volume };
  const { sizeMiB } = origin;
  try {
    await volumes.snapshot(data, { lv, sizeMiB, tags: ownerTags(disk) });
  } catch (error) {
    await volumes.refuseIfFull(data.vg, sizeMiB, `take the snapshot ${volume}`);
    throw error;
  }
  return { volume };
}
