// DRBD's words for what it sees, in the contract's. Both lines of DRBD use the same ones.
import type { MirrorStatus } from '@/contract/schemas/disk';

/** What DRBD says of one device. */
export type DeviceState = Omit<MirrorStatus, 'diskId' | 'splitBrain' | 'generations'>;

export const downState: DeviceState = {
  ...{ connection: 'down', role: 'unknown', diskState: 'unknown' },
  ...{ peerRole: 'unknown', peerDiskState: 'unknown', sync: 'none' },
  ...{ outOfSyncKiB: 0, syncDone: null, secondsLeft: null },
};

export function roleOf(word: string): DeviceState['role'] {
  if (word === 'Primary') return 'primary';
  return word === 'Secondary' ? 'secondary' : 'unknown';
}

const diskStates: Record<string, DeviceState['diskState']> = {
  ...{ Diskless: 'diskless', Attaching: 'attaching', Detaching: 'detaching', Failed: 'failed' },
  ...{ Negotiating: 'negotiating', Inconsistent: 'inconsistent', Outdated: 'outdated' },
  ...{ DUnknown: 'unknown', Consistent: 'consistent', UpToDate: 'upToDate' },
};
export const diskStateOf = (word: string): DeviceState['diskState'] => diskStates[word] ?? 'unknown';

const connections: Record<string, DeviceState['connection']> = {
  ...{ StandAlone: 'standAlone', Disconnecting: 'disconnecting', Unconnected: 'unconnected' },
  ...{ Timeout: 'timeout', BrokenPipe: 'brokenPipe', NetworkFailure: 'networkFailure' },
  ...{ ProtocolError: 'protocolError', TearDown: 'tearDown', Connected: 'connected' },
  // The last two are steps of one handshake, in which nothing is known of the peer yet.
  ...{ Connecting: 'connecting', WFConnection: 'connecting', WFReportParams: 'connecting' },
};
/** In 8.4 one word tells both how the sides are connected and how they are synchronised: words of the latter mean connected. */
export const connectionOf = (word: string): DeviceState['connection'] => connections[word] ?? 'connected';

const syncs: Record<string, DeviceState['sync']> = {
  ...{ StartingSyncS: 'source', WFBitMapS: 'source', SyncSource: 'source', Ahead: 'source' },
  ...{ StartingSyncT: 'target', WFBitMapT: 'target', WFSyncUUID: 'target', SyncTarget: 'target' },
  ...{ Behind: 'target', PausedSyncS: 'paused', PausedSyncT: 'paused' },
  ...{ VerifyS: 'verify', VerifyT: 'verify' },
};
export const syncOf = (word: string): DeviceState['sync'] => syncs[word] ?? 'none';
