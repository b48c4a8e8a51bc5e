// Mirrored disks that are only numbers: the ladder of verbs of the template `drbd` over sides, the wire and a simulated volume group.
import { AppError } from '@/contract/errors';
import { drbdMetaMiB, type NodeDisk } from '@/contract/schemas/disk';
import type { GrowWish, Mirror, Report, Storage } from './block-device';
import { refuseForeign } from './simulated';
import { fresh } from './simulated-generations';
import { misbehave } from './simulated-manners';
import { dataOf, demote, metaOf, promote, type MirrorParts } from './simulated-mirror-parts';
import { createMirrorVerbs } from './simulated-mirror-verbs';
import { isUp, openSides } from './simulated-sides';

export type SimulatedMirrorRequest = Omit<MirrorParts, 'sides'> & { nodeId: string; folder: string };

export type SimulatedMirror = Storage & {
  readonly mirror: Mirror;
  /** As a guest would; the side has to be primary. */
  write(disk: NodeDisk, text: string): void;
  read(disk: NodeDisk): string;
  deviceMiB(disk: NodeDisk): number;
  /** The agent ends: everything stays as it is, but the wire has it no more. */
  unplug(): void;
  /** Forgets what a node without power does, once it is unplugged. */
  losePower(): void;
};

export function createSimulatedMirror(request: SimulatedMirrorRequest): SimulatedMirror {
  const { faults, pool, wire } = request;
  const sides = openSides(request);
  const parts: MirrorParts = { ...request, sides };
  sides.list().forEach((side) => wire.plug(side));
  return {
    template: 'drbd',
    create: async (disk, _wish, report) => {
      await faults.pass('storage.create', report.signal);
      await create(parts, disk, report);
    },
    assemble: async (disk) => {
      await faults.pass('storage.assemble');
      return assemble(parts, disk);
    },
    open: async (disk) => {
      await faults.pass('storage.open');
      promote(wire, sides.needUp(disk));
    },
    close: async (disk) => {
      await faults.pass('storage.close');
      demote(sides.get(disk));
    },
    shutdown: async (disk) => {
      await faults.pass('storage.shutdown');
      shutdown(parts, disk);
    },
    remove: async (disk) => {
      await faults.pass('storage.remove');
      shutdown(parts, disk);
      const side = sides.get(disk);
      if (side) wire.unplug(side);
      sides.remove(disk);
      pool.removeOf(disk.diskId);
    },
    give: async (disk, toInstanceId) => {
      await faults.pass('storage.give');
      pool.giveOf(disk.diskId, toInstanceId);
      const side = sides.get(disk);
      if (!side) return;
      side.state.instanceId = toInstanceId;
      side.changed();
    },
    grow: async (disk, wish, report) => {
      await faults.pass('storage.grow', report.signal);
      if (wish.stage === 'device') growDevice(parts, disk, wish);
      else growBacking(parts, disk, wish);
    },
    list: async () =>
      pool.list('data').map(({ instanceId, diskId, sizeMiB }) => ({ instanceId, diskId, sizeMiB })),
    pools: async () => [pool.measure()],
    mirror: createMirrorVerbs(parts),
    write: (disk, text) => write(parts, disk, text),
    read: (disk) => sides.needUp(disk).state.content,
    deviceMiB: (disk) => sides.needUp(disk).state.deviceMiB,
    unplug: () => sides.list().forEach((side) => wire.unplug(side)),
    losePower: () => {
      for (const side of sides.list()) {
        side.state.device = null;
        side.changed();
      }
    },
  };
}

async function create(parts: MirrorParts, disk: NodeDisk, report: Report): Promise<void> {
  const { pool, sides, wire } = parts;
  const { instanceId, diskId, sizeMiB } = disk;
  refuseForeign(pool, disk);
  const [data, meta] = [pool.get(dataOf(disk)), pool.get(metaOf(disk))];
  if (data && data.sizeMiB !== sizeMiB)
    throw new AppError('already_exists', 'the disk exists with another size');
  if (data?.part === 'data' && meta) return;
  pool.refuseUnlessFits((data ? 0 : sizeMiB) + (meta ? 0 : drbdMetaMiB));
  await misbehave(parts, disk, report);
  const ids = { instanceId, diskId };
  // What a plain disk holds is kept.
  pool.put(dataOf(disk), { ...ids, sizeMiB, part: 'data' });
  pool.put(metaOf(disk), { ...ids, sizeMiB: drbdMetaMiB, part: 'meta' });
  report.progress(1);
  const old = sides.get(disk);
  if (old && meta) return;
  if (old) wire.unplug(old);
  const held = { backingMiB: sizeMiB, deviceMiB: sizeMiB, content: '' };
  wire.plug(sides.add({ ...ids, ...held, generations: fresh, isWhole: false, device: null }));
}

function assemble({ pool, sides, wire }: MirrorParts, disk: NodeDisk): { path: string } {
  const side = sides.get(disk);
  const mirror = mirrorOf(disk);
  if (!side || !pool.get(dataOf(disk))) throw new AppError('not_found', `disk ${disk.diskId} does not exist`);
  const others = sides.list().filter((other) => other !== side && isUp(other));
  if (others.some(({ state }) => state.device?.mirror.minor === mirror.minor))
    throw new AppError('wrong_state', `minor ${mirror.minor} belongs to another disk`);
  if (others.some(({ state }) => state.device?.mirror.port === mirror.port))
    throw new AppError('wrong_state', `port ${mirror.port} belongs to another disk`);
  const { device } = side.state;
  // Its peer has changed, or lives somewhere else now.
  if (device && JSON.stringify(device.mirror) !== JSON.stringify(mirror)) wire.disconnect(side);
  const isLooking = device !== null && device.wish !== 'none' && device.dropped === null;
  side.state.device = {
    mirror,
    role: device?.role ?? 'secondary',
    wish: isLooking ? device.wish : 'usual',
    dropped: null,
    paused: device?.paused ?? false,
  };
  side.changed();
  wire.connect(side);
  return { path: `/dev/drbd${mirror.minor}` };
}

function mirrorOf({ spec }: NodeDisk) {
  if (spec.template === 'drbd') return spec.mirror;
  throw new AppError('invalid', `a disk of template ${spec.template} is no mirror`);
}

function shutdown({ sides, wire }: MirrorParts, disk: NodeDisk): void {
  const side = sides.get(disk);
  if (!side?.state.device) return;
  demote(side);
  wire.disconnect(side);
  side.state.device = null;
  side.changed();
}

function growBacking({ pool, sides }: MirrorParts, disk: NodeDisk, { sizeMiB, stage }: GrowWish): void {
  const [side, data] = [sides.get(disk), pool.get(dataOf(disk))];
  if (!side || !data) throw new AppError('not_found', `disk ${disk.diskId} does not exist`);
  const moreMiB = sizeMiB - data.sizeMiB;
  if (moreMiB <= 0) return;
  pool.refuseUnlessFits(moreMiB);
  if (stage !== 'backing') return;
  pool.put(dataOf(disk), { ...data, sizeMiB });
  side.state.backingMiB = sizeMiB;
  side.changed();
}

/** The new part is carried over to the peer. */
function growDevice({ sides, wire }: MirrorParts, disk: NodeDisk, { sizeMiB }: GrowWish): void {
  const side = sides.needUp(disk);
  const peer = wire.peerOf(side);
  if (side.state.deviceMiB >= sizeMiB) return;
  if (side.state.device.role !== 'primary') throw new AppError('wrong_state', 'this side is not primary');
  if (!side.state.isWhole || !peer?.state.isWhole)
    throw new AppError('wrong_state', 'its sides are not in step');
  if (Math.min(side.state.backingMiB, peer.state.backingMiB) < sizeMiB)
    throw new AppError('wrong_state', 'what lies below has not grown on both sides');
  side.state.deviceMiB = sizeMiB;
  wire.startSync(side);
}

function write({ sides, wire }: MirrorParts, disk: NodeDisk, text: string): void {
  const side = sides.needUp(disk);
  if (side.state.device.role !== 'primary') throw new AppError('wrong_state', 'this side is not primary');
  for (const reached of [side, wire.peerOf(side)]) {
    if (!reached) continue;
    reached.state.content = text;
    reached.changed();
  }
}
