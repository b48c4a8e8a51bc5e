// `drbdsetup status --json` of DRBD 9.
import { z } from 'zod';
import { connectionOf, diskStateOf, downState, roleOf, syncOf, type DeviceState } from './states';

const PeerDevice = z.object({
  'replication-state': z.string().default('Off'),
  'peer-disk-state': z.string().default('DUnknown'),
  'out-of-sync': z.number().default(0),
  'percent-in-sync': z.number().optional(),
  'percent-resync-done': z.number().optional(),
  'estimated-seconds-to-finish': z.number().optional(),
});
const Connection = z.object({
  'connection-state': z.string(),
  'peer-role': z.string().default('Unknown'),
  peer_devices: z.array(PeerDevice).default([]),
});
const Resource = z.object({
  role: z.string(),
  devices: z.array(z.object({ minor: z.number(), 'disk-state': z.string() })),
  connections: z.array(Connection).default([]),
});

/** By minor. Each resource has one device and at most one peer, as they are made here. */
export function parseStatus(json: string): Map<number, DeviceState> {
  const resources = z.array(Resource).parse(JSON.parse(json));
  return new Map(
    resources.flatMap(({ role, devices, connections: [connection] }) =>
      devices.map((device) => [
        device.minor,
        {
          ...(connection ? peerStateOf(connection) : { ...downState, connection: 'standAlone' as const }),
          role: roleOf(role),
          diskState: diskStateOf(device['disk-state']),
        },
      ]),
    ),
  );
}

function peerStateOf(connection: z.infer<typeof Connection>): DeviceState {
  const peer = connection.peer_devices[0] ?? PeerDevice.parse({});
  const sync = syncOf(peer['replication-state']);
  const percent = peer['percent-resync-done'] ?? peer['percent-in-sync'];
  const seconds = peer['estimated-seconds-to-finish'];
  return {
    ...downState,
    connection: connectionOf(connection['connection-state']),
    peerRole: roleOf(connection['peer-role']),
    peerDiskState: diskStateOf(peer['peer-disk-state']),
    sync,
    outOfSyncKiB: peer['out-of-sync'],
    syncDone: sync === 'none' || percent === undefined ? null : Math.min(1, percent / 100),
    secondsLeft: seconds === undefined || seconds >= unknownSeconds ? null : Math.round(seconds),
  };
}

/** What DRBD says when it does not know. */
const unknownSeconds = 987_654_321;
