// What a side of a simulated mirror looks like from its node.
import type { MirrorStatus } from '@/contract/schemas/disk';
import { hasParted } from './simulated-generations';
import { isUp, type Side, type UpSide } from './simulated-sides';
import type { SimulatedWire } from './simulated-wire';

const kibPerMiB = 1024;

export function statusOf(wire: SimulatedWire, diskId: string, side: Side | undefined): MirrorStatus {
  if (!side || !isUp(side)) return downStatus(diskId);
  const { device, generations } = side.state;
  const peer = wire.peerOf(side);
  return {
    diskId,
    connection: connectionOf(side, peer),
    role: device.role,
    diskState: diskStateOf(side),
    peerRole: peer?.state.device?.role ?? 'unknown',
    peerDiskState: peer ? diskStateOf(peer) : 'unknown',
    ...syncStatus(wire, side, peer),
    splitBrain: device.dropped === 'splitBrain',
    generations: peer ? [] : [generations.current, generations.bitmap, ...generations.history].slice(0, 10),
  };
}

function downStatus(diskId: string): MirrorStatus {
  const roles = { role: 'unknown', peerRole: 'unknown' } as const;
  const states = { diskState: 'unknown', peerDiskState: 'unknown' } as const;
  const sync = { sync: 'none', outOfSyncKiB: 0, syncDone: null, secondsLeft: null } as const;
  return { diskId, connection: 'down', ...roles, ...states, ...sync, splitBrain: false, generations: [] };
}

function connectionOf({ state }: UpSide, peer: Side | null): MirrorStatus['connection'] {
  if (peer) return 'connected';
  return state.device.wish === 'none' || state.device.dropped !== null ? 'standAlone' : 'connecting';
}

const diskStateOf = ({ state }: Side) => (state.isWhole ? 'upToDate' : 'inconsistent');

type SyncStatus = Pick<MirrorStatus, 'sync' | 'outOfSyncKiB' | 'syncDone' | 'secondsLeft'>;

/** There are no blocks to count: while the sides differ, all of it does. */
function syncStatus(wire: SimulatedWire, side: UpSide, peer: Side | null): SyncStatus {
  const { state } = side;
  const progress = peer && wire.syncOf(side);
  const wholeKiB = state.deviceMiB * kibPerMiB;
  if (!progress) {
    const differ = !state.isWhole || (!peer && hasParted(state.generations));
    return { sync: 'none', outOfSyncKiB: differ ? wholeKiB : 0, syncDone: null, secondsLeft: null };
  }
  const { isSource, done, secondsLeft } = progress;
  const isPaused = state.device.paused || peer.state.device?.paused;
  const moving = isSource ? 'source' : 'target';
  return {
    sync: isPaused ? 'paused' : moving,
    outOfSyncKiB: Math.round(wholeKiB * (1 - done)),
    syncDone: done,
    secondsLeft: isPaused ? null : secondsLeft,
  };
}
