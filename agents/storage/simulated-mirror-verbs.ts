// What only mirrors do, over simulated sides: connections, and what is in step with what.
import { AppError } from '@/contract/errors';
import { drbdMetaMiB, type NodeDisk } from '@/contract/schemas/disk';
import type { Mirror } from './block-device';
import { compare, firstGeneration, fresh, nextGeneration } from './simulated-generations';
import { dataOf, promote, type MirrorParts } from './simulated-mirror-parts';
import { statusOf } from './simulated-mirror-status';
import { isUp } from './simulated-sides';

export function createMirrorVerbs(parts: MirrorParts): Mirror {
  const { faults, pool, sides, wire } = parts;
  return {
    status: async (disks) => {
      await faults.pass('mirror.status');
      return disks.map((disk) => statusOf(wire, disk.diskId, sides.get(disk)));
    },
    areConnected: async (disks) => {
      await faults.pass('mirror.status');
      return disks.every((disk) => statusOf(wire, disk.diskId, sides.get(disk)).connection === 'connected');
    },
    devices: async (disks) => {
      await faults.pass('mirror.status');
      const up = sides.list().filter(isUp);
      return {
        minors: up.map(({ state }) => state.device.mirror.minor),
        twoPrimaries: up
          .filter(({ state }) => state.device.wish === 'twoPrimaries')
          .map(({ state }) => state.diskId)
          .filter((id) => disks.some(({ diskId }) => diskId === id)),
      };
    },
    onChange: (listener) => sides.onChange(listener),
    connect: async (disk, wish) => {
      await faults.pass('mirror.connect');
      connect(parts, disk, wish);
    },
    markInSync: async (disk) => {
      await faults.pass('mirror.settle');
      markInSync(parts, disk);
    },
    forcePrimary: async (disk) => {
      await faults.pass('mirror.settle');
      forcePrimary(parts, disk);
    },
    renew: async (disk, report) => {
      await faults.pass('mirror.renew', report.signal);
      renew(parts, disk);
      report.progress(1);
    },
    pauseSync: async (disk, paused) => {
      await faults.pass('mirror.pauseSync');
      const side = sides.needUp(disk);
      side.state.device.paused = paused;
      side.changed();
    },
    snapshot: async (disk, name) => {
      await faults.pass('mirror.snapshot');
      const data = pool.get(dataOf(disk));
      if (!data) throw new AppError('not_found', `disk ${disk.diskId} does not exist`);
      const existing = pool.get(name);
      if (existing && existing.diskId !== disk.diskId)
        throw new AppError('already_exists', `there is another volume ${name}`);
      if (!existing) {
        pool.refuseUnlessFits(data.sizeMiB);
        pool.put(name, { ...data, part: 'snapshot' });
      }
      return { volume: `${pool.name}/${name}` };
    },
  };
}

function connect({ sides, wire }: MirrorParts, disk: NodeDisk, wish: Parameters<Mirror['connect']>[1]): void {
  const side = sides.needUp(disk);
  const { device } = side.state;
  const peer = wire.peerOf(side);
  const areBothPrimary = device.role === 'primary' && peer?.state.device?.role === 'primary';
  if (wish === 'usual' && areBothPrimary) throw new AppError('wrong_state', 'both sides are primary');
  if (wish === 'discardLocal' && device.role === 'primary') throw new AppError('busy', 'this side is in use');
  if (wish === 'none') {
    wire.disconnect(side);
    device.wish = 'none';
  } else {
    // Where they are connected there is nothing to throw away.
    device.wish = peer && wish === 'discardLocal' ? 'usual' : wish;
    device.dropped = null;
  }
  side.changed();
  wire.connect(side);
}

function markInSync({ sides, wire }: MirrorParts, disk: NodeDisk): void {
  const side = sides.needUp(disk);
  const peer = wire.peerOf(side);
  if (!peer) throw new AppError('wrong_state', 'its sides are not connected');
  const { state } = side;
  if (state.isWhole && peer.state.isWhole) return;
  if (compare(state.generations, peer.state.generations) !== 'bothFresh')
    throw new AppError('wrong_state', 'one of its sides has data');
  const generations = firstGeneration();
  for (const end of [side, peer]) {
    Object.assign(end.state, { generations, isWhole: true });
    end.changed();
  }
}

function forcePrimary({ sides, wire }: MirrorParts, disk: NodeDisk): void {
  const side = sides.needUp(disk);
  const peer = wire.peerOf(side);
  const { state } = side;
  if (peer?.state.device?.role === 'primary') throw new AppError('wrong_state', 'its other side is primary');
  if (wire.syncOf(side)?.isSource === false)
    throw new AppError('wrong_state', 'its other side is filling it');
  if (!state.isWhole) Object.assign(state, { generations: nextGeneration(state.generations), isWhole: true });
  promote(wire, side);
  if (peer && !peer.state.isWhole) wire.startSync(side);
}

function renew({ pool, sides, wire }: MirrorParts, disk: NodeDisk): void {
  const side = sides.needUp(disk);
  const peer = wire.peerOf(side);
  // Its own data is thrown away: somebody else must have it.
  if (!peer?.state.isWhole) throw new AppError('wrong_state', 'its other side is not up to date');
  pool.refuseUnlessFits(side.state.backingMiB + drbdMetaMiB);
  Object.assign(side.state, { generations: fresh, isWhole: false, content: '' });
  wire.startSync(peer);
}
