import { describe, expect, test } from 'vitest';
import { defaultDiskParams, type MirrorSpec } from '@/contract/schemas/disk';
import { args8 } from './args-8';
import { args9 } from './args-9';

const mirror: MirrorSpec = {
  ...{ minor: 3, port: 11_000, secret: '0123456789abcdef0123456789abcdef01234567' },
  local: { address: '10.77.0.2', drbdNodeId: 0 },
  peer: { address: '10.77.0.3', drbdNodeId: 1 },
  options: defaultDiskParams.drbd,
};
const target = { resource: 'disk-1', mirror };
const backing = { dataPath: '/dev/corral/disk-1', metaPath: '/dev/corral/disk-1.meta' };
const asSetUp = ['ipv4:10.0.0.1:1', 'ipv4:10.0.0.2:1'] as const;
const usual = { twoPrimaries: false, discardLocal: false };
const lines = (argvs: string[][]) => argvs.map((argv) => argv.join(' '));
const net =
  '--protocol=C --cram-hmac-alg=sha256 --shared-secret=0123456789abcdef0123456789abcdef01234567 ' +
  '--after-sb-0pri=discard-zero-changes --after-sb-1pri=consensus --ping-int=10 --ping-timeout=20 --connect-int=3 ' +
  '--allow-two-primaries=no';

describe('DRBD 8.4', () => {
  test('is brought up and connected', () => {
    expect(
      lines([
        ...args8.define(target),
        args8.createMetadata(3, backing.metaPath),
        args8.applyActivityLog(3, backing.metaPath),
        args8.attach(target, backing),
        ...args8.connect(target, usual),
      ]),
    ).toEqual([
      'drbdsetup new-resource disk-1',
      'drbdsetup new-minor disk-1 3 0',
      'drbdmeta --force 3 v08 /dev/corral/disk-1.meta flex-external create-md',
      'drbdmeta --force 3 v08 /dev/corral/disk-1.meta flex-external apply-al',
      'drbdsetup attach 3 /dev/corral/disk-1 /dev/corral/disk-1.meta flexible --on-io-error=detach ' +
        '--c-plan-ahead=0 --resync-rate=61440k',
      `drbdsetup connect disk-1 ipv4:10.77.0.2:11000 ipv4:10.77.0.3:11000 ${net}`,
    ]);
  });

  test('takes its device in most commands, the addresses for its connection, its name at the end', () => {
    expect(
      lines([
        args8.primary(target, false),
        args8.primary(target, true),
        args8.secondary(target),
        args8.allowTwoPrimaries(target, true),
        ...args8.disconnect(target, asSetUp),
        args8.markInSync(target),
        args8.resize(target, false),
        args8.resize(target, true),
        args8.pauseSync(target, true),
        args8.pauseSync(target, false),
        args8.generations(target),
        args8.detach(target),
        args8.show(target),
        args8.down(target),
      ]),
    ).toEqual([
      'drbdsetup primary 3',
      'drbdsetup primary 3 --force',
      'drbdsetup secondary 3',
      'drbdsetup net-options ipv4:10.77.0.2:11000 ipv4:10.77.0.3:11000 --allow-two-primaries=yes',
      'drbdsetup disconnect ipv4:10.0.0.1:1 ipv4:10.0.0.2:1',
      'drbdsetup new-current-uuid --clear-bitmap 3',
      'drbdsetup resize 3',
      'drbdsetup resize 3 --assume-clean',
      'drbdsetup pause-sync 3',
      'drbdsetup resume-sync 3',
      'drbdsetup get-gi 3',
      'drbdsetup detach 3',
      'drbdsetup show disk-1',
      'drbdsetup down disk-1',
    ]);
  });

  test('throws away its own changes, and lets both be primary, only when told to', () => {
    const [argv] = lines(args8.connect(target, { twoPrimaries: true, discardLocal: true }));
    expect(argv).toMatch(/--allow-two-primaries=yes --discard-my-data$/);
  });

  test('follows the load of the network, leaves out barriers and flushes, speaks IPv6', () => {
    const options = {
      ...mirror.options,
      dynamicResync: true,
      disabledBarriers: 'bf',
      disableMetaFlush: true,
    } as const;
    const other = {
      resource: 'disk-1',
      mirror: {
        ...mirror,
        ...{
          options,
          local: { address: 'fd00::1', drbdNodeId: 0 },
          peer: { address: 'fd00::2', drbdNodeId: 1 },
        },
      },
    };
    expect(args8.attach(other, backing).slice(6)).toEqual([
      ...['--on-io-error=detach', '--disk-barrier=no', '--disk-flushes=no', '--md-flushes=no'],
      ...[
        '--c-plan-ahead=20',
        '--c-fill-target=0k',
        '--c-delay-target=1',
        '--c-max-rate=61440k',
        '--c-min-rate=4096k',
      ],
    ]);
    expect(lines(args8.tune(other))).toEqual([
      expect.stringMatching(/^drbdsetup disk-options 3 --c-plan-ahead=20 /),
    ]);
    const addresses = ['ipv6:[fd00::1]:11000', 'ipv6:[fd00::2]:11000'];
    expect(args8.allowTwoPrimaries(other, true).slice(2, 4)).toEqual(addresses);
  });
});

describe('DRBD 9', () => {
  test('is brought up and connected, its peer told by number', () => {
    expect(
      lines([
        ...args9.define(target),
        args9.createMetadata(3, backing.metaPath),
        args9.attach(target, backing),
        ...args9.connect(target, { twoPrimaries: false, discardLocal: true }),
      ]),
    ).toEqual([
      'drbdsetup new-resource disk-1 0',
      'drbdsetup new-minor disk-1 3 0',
      'drbdmeta --force 3 v09 /dev/corral/disk-1.meta flex-external create-md 1',
      'drbdsetup attach 3 /dev/corral/disk-1 /dev/corral/disk-1.meta flexible --on-io-error=detach',
      `drbdsetup new-peer disk-1 1 --_name=peer ${net}`,
      'drbdsetup new-path disk-1 1 ipv4:10.77.0.2:11000 ipv4:10.77.0.3:11000',
      'drbdsetup peer-device-options disk-1 1 0 --c-plan-ahead=0 --resync-rate=61440k',
      'drbdsetup connect disk-1 1 --discard-my-data=yes',
    ]);
  });

  test('takes its name or its peer in most commands', () => {
    expect(
      lines([
        args9.primary(target, true),
        args9.secondary(target),
        args9.allowTwoPrimaries(target, true),
        ...args9.disconnect(target, asSetUp),
        args9.markInSync(target),
        args9.resize(target, true),
        args9.pauseSync(target, true),
        args9.generations(target),
      ]),
    ).toEqual([
      'drbdsetup primary disk-1 --force',
      'drbdsetup secondary disk-1',
      'drbdsetup net-options disk-1 1 --allow-two-primaries=yes',
      'drbdsetup disconnect disk-1 1',
      'drbdsetup del-peer disk-1 1',
      'drbdsetup new-current-uuid 3 --clear-bitmap=yes',
      'drbdsetup resize 3 --assume-clean=yes',
      'drbdsetup pause-sync disk-1 1 0',
      'drbdsetup get-gi disk-1 1 0',
    ]);
  });
});
