// DRBD 8.4.
import { addressesOf, commonArgs, netOptions, rateOptions, yesNo, type DrbdArgs } from './args';

export const args8: DrbdArgs = {
  ...commonArgs,
  define: ({ resource, mirror }) => [
    ['drbdsetup', 'new-resource', resource],
    ['drbdsetup', 'new-minor', resource, String(mirror.minor), '0'],
  ],
  createMetadata: (minor, metaPath) => [...meta(minor, metaPath), 'create-md'],
  applyActivityLog: (minor, metaPath) => [...meta(minor, metaPath), 'apply-al'],
  attach: (target, backing) => [...commonArgs.attach(target, backing), ...rateOptions(target.mirror.options)],
  tune: ({ mirror }) => [['drbdsetup', 'disk-options', String(mirror.minor), ...rateOptions(mirror.options)]],
  connect: ({ resource, mirror }, wish) => [
    [
      ...(['drbdsetup', 'connect', resource, ...addressesOf(mirror)] as const),
      ...netOptions(mirror, wish),
      ...(wish.discardLocal ? ['--discard-my-data'] : []),
    ],
  ],
  allowTwoPrimaries: ({ mirror }, allowed) => [
    ...(['drbdsetup', 'net-options', ...addressesOf(mirror)] as const),
    `--allow-two-primaries=${yesNo(allowed)}`,
  ],
  disconnect: (_target, addresses) => [['drbdsetup', 'disconnect', ...addresses]],
  primary: ({ mirror }, force) => [
    ...(['drbdsetup', 'primary', String(mirror.minor)] as const),
    ...(force ? ['--force'] : []),
  ],
  secondary: ({ mirror }) => ['drbdsetup', 'secondary', String(mirror.minor)],
  pauseSync: ({ mirror }, paused) => [
    'drbdsetup',
    paused ? 'pause-sync' : 'resume-sync',
    String(mirror.minor),
  ],
  markInSync: ({ mirror }) => ['drbdsetup', 'new-current-uuid', '--clear-bitmap', String(mirror.minor)],
  resize: ({ mirror }, assumeClean) => [
    ...(['drbdsetup', 'resize', String(mirror.minor)] as const),
    ...(assumeClean ? ['--assume-clean'] : []),
  ],
  generations: ({ mirror }) => ['drbdsetup', 'get-gi', String(mirror.minor)],
};

const meta = (minor: number, metaPath: string) =>
  ['drbdmeta', '--force', String(minor), 'v08', metaPath, 'flex-external'] as const;
