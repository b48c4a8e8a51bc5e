// DRBD 9. Metadata is made for one peer, as a mirror here is a pair.
import { addressesOf, barrierOptions, commonArgs, netOptions, rateOptions, yesNo } from './args';
import type { DrbdArgs, Target } from './args';

export const args9: DrbdArgs = {
  ...commonArgs,
  define: ({ resource, mirror }) => [
    ['drbdsetup', 'new-resource', resource, String(mirror.local.drbdNodeId)],
    ['drbdsetup', 'new-minor', resource, String(mirror.minor), '0'],
  ],
  createMetadata: (minor, metaPath) => [...meta(minor, metaPath), 'create-md', '1'],
  applyActivityLog: (minor, metaPath) => [...meta(minor, metaPath), 'apply-al'],
  tune: (target) => [
    ['drbdsetup', 'disk-options', String(target.mirror.minor), ...barrierOptions(target.mirror.options)],
    ['drbdsetup', 'peer-device-options', ...peerDevice(target), ...rateOptions(target.mirror.options)],
  ],
  connect: (target, wish) => [
    ['drbdsetup', 'new-peer', ...peer(target), '--_name=peer', ...netOptions(target.mirror, wish)],
    ['drbdsetup', 'new-path', ...peer(target), ...addressesOf(target.mirror)],
    ['drbdsetup', 'peer-device-options', ...peerDevice(target), ...rateOptions(target.mirror.options)],
    ['drbdsetup', 'connect', ...peer(target), ...(wish.discardLocal ? ['--discard-my-data=yes'] : [])],
  ],
  allowTwoPrimaries: (target, allowed) => [
    ...(['drbdsetup', 'net-options', ...peer(target)] as const),
    `--allow-two-primaries=${yesNo(allowed)}`,
  ],
  disconnect: (target) => [
    ['drbdsetup', 'disconnect', ...peer(target)],
    ['drbdsetup', 'del-peer', ...peer(target)],
  ],
  primary: ({ resource }, force) => ['drbdsetup', 'primary', resource, ...(force ? ['--force'] : [])],
  secondary: ({ resource }) => ['drbdsetup', 'secondary', resource],
  pauseSync: (target, paused) => ['drbdsetup', paused ? 'pause-sync' : 'resume-sync', ...peerDevice(target)],
  markInSync: ({ mirror }) => ['drbdsetup', 'new-current-uuid', String(mirror.minor), '--clear-bitmap=yes'],
  resize: ({ mirror }, assumeClean) => [
    ...(['drbdsetup', 'resize', String(mirror.minor)] as const),
    ...(assumeClean ? ['--assume-clean=yes'] : []),
  ],
  generations: (target) => ['drbdsetup', 'get-gi', ...peerDevice(target)],
};

const peer = ({ resource, mirror }: Target) => [resource, String(mirror.peer.drbdNodeId)] as const;
const peerDevice = (target: Target) => [...peer(target), '0'] as const;
const meta = (minor: number, metaPath: string) =>
  ['drbdmeta', '--force', String(minor), 'v09', metaPath, 'flex-external'] as const;
