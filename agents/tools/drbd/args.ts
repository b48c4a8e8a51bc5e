// What DRBD's commands are called with. Both lines of DRBD take the same steps with other words: in 8.4 a resource has one peer, and most
// commands take its device; DRBD 9 tells peers apart by number. `args-8.ts` and `args-9.ts` are chosen by what the kernel module says it is.
import type { DrbdOptions, MirrorSpec } from '@/contract/schemas/disk';

export type Argv = [string, ...string[]];
export type Target = { resource: string; mirror: MirrorSpec };
/** The volumes below one side of a mirror. */
export type Backing = { dataPath: string; metaPath: string };
export type ConnectWish = { twoPrimaries: boolean; discardLocal: boolean };

export type DrbdArgs = {
  /** Resource and device; both may exist already. */
  define(target: Target): Argv[];
  createMetadata(minor: number, metaPath: string): Argv;
  /** After a crash, before the device can be attached. */
  applyActivityLog(minor: number, metaPath: string): Argv;
  attach(target: Target, backing: Backing): Argv;
  detach(target: Target): Argv;
  /** What may change while the device is in use; the connection's part fails in DRBD 9 where there is none. */
  tune(target: Target): Argv[];
  connect(target: Target, wish: ConnectWish): Argv[];
  allowTwoPrimaries(target: Target, allowed: boolean): Argv;
  /** `addresses` as they are set up, which may be others than those of the mirror now. */
  disconnect(target: Target, addresses: readonly [string, string]): Argv[];
  primary(target: Target, force: boolean): Argv;
  secondary(target: Target): Argv;
  pauseSync(target: Target, paused: boolean): Argv;
  /** Takes both sides for equal as they are. */
  markInSync(target: Target): Argv;
  resize(target: Target, assumeClean: boolean): Argv;
  generations(target: Target): Argv;
  show(target: Target): Argv;
  down(target: Target): Argv;
};

/** Both lines know these. */
export const commonArgs = {
  show: ({ resource }: Target): Argv => ['drbdsetup', 'show', resource],
  down: ({ resource }: Target): Argv => ['drbdsetup', 'down', resource],
  detach: ({ mirror }: Target): Argv => ['drbdsetup', 'detach', String(mirror.minor)],
  attach: ({ mirror: { minor, options } }: Target, { dataPath, metaPath }: Backing): Argv => [
    ...(['drbdsetup', 'attach', String(minor), dataPath, metaPath, 'flexible'] as const),
    ...['--on-io-error=detach', ...barrierOptions(options)],
  ],
};

export const eventsArgv: Argv = ['drbdsetup', 'events2'];

/** What is not left out stays as DRBD has it by itself. */
export function barrierOptions({ disabledBarriers, disableMetaFlush }: DrbdOptions): string[] {
  const names = { b: 'disk-barrier', d: 'disk-drain', f: 'disk-flushes' } as const;
  const letters = (['b', 'd', 'f'] as const).filter((letter) => disabledBarriers.includes(letter));
  return [
    ...letters.map((letter) => `--${names[letter]}=no`),
    ...(disableMetaFlush ? ['--md-flushes=no'] : []),
  ];
}

export function rateOptions(options: DrbdOptions): string[] {
  if (!options.dynamicResync) return ['--c-plan-ahead=0', `--resync-rate=${options.resyncRateKiB}k`];
  return [
    `--c-plan-ahead=${options.planAheadDs}`,
    `--c-fill-target=${options.fillTargetKiB}k`,
    `--c-delay-target=${options.delayTargetDs}`,
    `--c-max-rate=${options.maxRateKiB}k`,
    `--c-min-rate=${options.minRateKiB}k`,
  ];
}

/** A split brain is resolved by DRBD itself only where one side has nothing to lose. */
export function netOptions({ secret, options }: MirrorSpec, { twoPrimaries }: ConnectWish): string[] {
  return [
    `--protocol=${options.protocol}`,
    ...['--cram-hmac-alg=sha256', `--shared-secret=${secret}`],
    ...['--after-sb-0pri=discard-zero-changes', '--after-sb-1pri=consensus'],
    ...[`--ping-int=${options.pingIntervalS}`, `--ping-timeout=${options.pingTimeoutDs}`],
    // Two that begin at the same moment cross, and try again only after this while: by itself ten seconds.
    '--connect-int=3',
    `--allow-two-primaries=${yesNo(twoPrimaries)}`,
  ];
}

/** This node's address, then the peer's. */
export function addressesOf({ local, peer, port }: MirrorSpec): readonly [string, string] {
  const text = (address: string) =>
    address.includes(':') ? `ipv6:[${address}]:${port}` : `ipv4:${address}:${port}`;
  return [text(local.address), text(peer.address)];
}

export const yesNo = (value: boolean) => (value ? 'yes' : 'no');
