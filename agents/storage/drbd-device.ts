// One side of a mirror as a device: its volumes below, its peer beside it. What is set up in the kernel is compared with what the disk says, and
// only the difference is done.
import type { NodeDisk } from '@/contract/schemas/disk';
import { addressesOf, type Backing, type Target } from '../tools/drbd/args';
import type { Drbd } from '../tools/drbd/drbd';
import type { Shown } from '../tools/drbd/parse-show';
import { volumePath } from '../tools/lvm/args';
import { AppError } from '@/contract/errors';
import type { SetUps } from './drbd-set-ups';
import type { SplitBrains } from './drbd-split-brains';
import { dataOf, metaOf, specOf, volumeNameOf } from './lvm-names';
import { whileBusy } from './while-busy';

export const targetOf = (disk: NodeDisk): Target => ({
  resource: volumeNameOf(disk.diskId),
  mirror: specOf(disk, 'drbd').mirror,
});
export const devicePathOf = (disk: NodeDisk): string => `/dev/drbd${specOf(disk, 'drbd').mirror.minor}`;

export function backingOf(disk: NodeDisk): Backing {
  const spec = specOf(disk, 'drbd');
  return { dataPath: volumePath(dataOf(disk, spec)), metaPath: volumePath(metaOf(disk, spec)) };
}

/** How the sides are connected when nothing special is wished for. */
export const usual = { twoPrimaries: false, discardLocal: false };

export type DeviceParts = { drbd: Drbd; splits: SplitBrains; setUps: SetUps };

/** Sets up, attaches and connects what is not yet; does not wait for the peer. One that a split brain has parted stays alone. */
export async function bringUp({ drbd, splits, setUps }: DeviceParts, disk: NodeDisk): Promise<void> {
  const target = targetOf(disk);
  const state = await drbd.readState(target);
  if (setUps.isAsSaid(target, state)) return;
  const isNew = state.connection === 'down' && (await defines(drbd, target));
  const shown = isNew ? null : await showMine(drbd, target);
  if (!isNew && shown?.minor == null) await drbd.define(target);
  if (shown?.dataPath) await drbd.tune(target);
  else await drbd.attach(target, backingOf(disk));
  if (!isConnectedAsSaid(shown, target)) {
    if (shown?.addresses) await drbd.disconnect(target, shown.addresses);
    else if (shown?.dataPath && (await splits.isSplit(target, await drbd.readState(target)))) return;
    await drbd.connect(target, usual);
  }
  setUps.keep(target);
}

/** Tried at once where the kernel has no such device; false where it refuses, as something of that name is there already. */
async function defines(drbd: Drbd, target: Target): Promise<boolean> {
  try {
    await drbd.define(target);
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'tool_failed') return false;
    throw error;
  }
}

/** A resource of this name with another minor is an older one of the same disk, and goes. */
async function showMine(drbd: Drbd, target: Target): Promise<Shown | null> {
  const shown = await drbd.show(target);
  if (shown?.minor == null || shown.minor === target.mirror.minor) return shown;
  await drbd.down(target);
  return null;
}

export function isConnectedAsSaid(shown: Shown | null, { mirror }: Target): boolean {
  const said = addressesOf(mirror).map(comparable);
  return shown?.addresses?.every((address, index) => comparable(address) === said[index]) ?? false;
}

/** IPv6 has several ways to write one address. */
function comparable(address: string): string {
  const url = `http://${address.replace(/^ipv[46]:/, '')}`;
  return URL.canParse(url) ? new URL(url).host : address;
}

/** Secondary, also where it is not set up; `busy` with who uses it. */
export async function closeDevice(drbd: Drbd, disk: NodeDisk): Promise<void> {
  await whileBusy(() => drbd.secondary(targetOf(disk)), { paths: [devicePathOf(disk)], isBusy });
}

/** Nothing of it is set up any more; `busy` with who uses it. */
export async function takeDown(
  { drbd, setUps }: Pick<DeviceParts, 'drbd' | 'setUps'>,
  disk: NodeDisk,
): Promise<void> {
  setUps.forget(targetOf(disk));
  await whileBusy(() => drbd.down(targetOf(disk)), { paths: [devicePathOf(disk)], isBusy });
}

const isBusy = (error: unknown) => error instanceof AppError && error.code === 'busy';
