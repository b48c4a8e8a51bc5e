// What every disk template does: the ladder create, assemble, open, close, shutdown, remove of block devices, and grow.
// Laws: each verb is idempotent and tolerates a half-done earlier run; all that a verb needs stands in the disk it is given; a disk that was
// created with `wipe` reads as zeros; `remove` of an absent disk succeeds.
import type {
  AdoptedVolume,
  DiskTemplate,
  MirrorDevices,
  MirrorStatus,
  MirrorWish,
  NodeDisk,
  Pool,
} from '@/contract/schemas/disk';

export type DiskRef = { instanceId: string; diskId: string };

export type Report = {
  log(message: string, level?: 'info' | 'warn'): void;
  /** 0 to 1. */
  progress(done: number): void;
  signal?: AbortSignal;
};

export type GrowWish = { sizeMiB: number; stage: 'check' | 'backing' | 'device'; wipe: boolean };

export type Storage = {
  readonly template: DiskTemplate;
  /** Reserves the whole size on the node; `no_resources` with the numbers when it does not fit, leaving nothing behind. A mirror's side is created alone. */
  create(disk: NodeDisk, wish: { wipe: boolean }, report: Report): Promise<void>;
  /** Brings the device up, a mirror's side also connected or connecting to its peer, and answers its absolute path. */
  assemble(disk: NodeDisk): Promise<{ path: string }>;
  /** Makes it writable here: of a mirror, this side becomes primary. */
  open(disk: NodeDisk): Promise<void>;
  /** Takes that back; `busy` while something still has it open. */
  close(disk: NodeDisk): Promise<void>;
  /** Brings the device down; nothing of it is left but its data. Closes it first. */
  shutdown(disk: NodeDisk): Promise<void>;
  remove(disk: NodeDisk): Promise<void>;
  /** Makes it a disk of another instance, whether its device is up or not, with all that it holds; `not_found` where neither of the two has it. */
  give(disk: NodeDisk, toInstanceId: string): Promise<void>;
  /**
   * Makes room for `sizeMiB`, which is more than what it has. `check` only tells whether it would fit, `backing` grows what lies below (on every
   * side of a mirror), `device` then lets the device have it (a mirror's primary side alone); where nothing lies below, `backing` does it all.
   */
  grow(disk: NodeDisk, wish: GrowWish, report: Report): Promise<void>;
  /** All disks of this template on the node, also unknown ones; `sizeMiB` rounded down. */
  list(): Promise<(DiskRef & { sizeMiB: number })[]>;
  /** Where disks can be made: volume groups, or the folder's file system. */
  pools(): Promise<Pool[]>;
  /** Only of templates whose disks may be volumes of somebody else. */
  readonly adoption?: Adoption;
  /** Only of templates that mirror between two nodes. */
  readonly mirror?: Mirror;
};

export type LocatedVolume = { volume: AdoptedVolume; sizeMiB: number; refusal: string | null };

export type Adoption = {
  /** How large the disk would be; `not_found`, or `wrong_state` with what stands against it. */
  examine(volume: AdoptedVolume): Promise<{ sizeMiB: number }>;
  /**
   * Makes the volume of this name the disk, which says its volume group and size; what it holds stays. It may be open where one of `heldPaths`,
   * under which the machine that is to have the disk has it already, is its own.
   */
  adopt(disk: NodeDisk, volume: string, heldPaths?: readonly string[]): Promise<void>;
  /** Which volume is behind each path, whoever has it open, and what else stands against its adoption; null where it is none. */
  locate(paths: readonly string[]): Promise<(LocatedVolume | null)[]>;
  /** Takes that back: it has its old name again and belongs to nobody. Nothing where it was not adopted. */
  disown(disk: NodeDisk, volume: string): Promise<void>;
};

export type Mirror = {
  /** What this node sees of each; a device that is not up is `down`, not an error. */
  status(disks: NodeDisk[]): Promise<MirrorStatus[]>;
  /** Whether all of these sides are connected; costs less than their status. */
  areConnected(disks: NodeDisk[]): Promise<boolean>;
  /** All devices that are up, whoever set them up; of these disks, those that let both sides be primary. */
  devices(disks: NodeDisk[]): Promise<MirrorDevices>;
  /** Resolves once the next change of any mirror was seen, with nothing to say: the caller asks for the status. Ends with the signal. */
  onChange(listener: () => void): () => void;
  /**
   * Sets the connection: none, the usual one, one that lets both sides be primary (for a migration), or one that throws this side's newer
   * writes away (for a split brain). Waits until DRBD has taken it, not for the peer.
   */
  connect(disk: NodeDisk, wish: MirrorWish): Promise<void>;
  /** Both sides hold the same already (both were wiped): connected sides become up to date without a synchronisation. */
  markInSync(disk: NodeDisk): Promise<void>;
  /** This side's data counts, whatever the other one holds; it is primary afterwards. */
  forcePrimary(disk: NodeDisk): Promise<void>;
  /** Puts new volumes in place of this side's own and attaches them empty: the peer then fills them. The old ones are gone afterwards. */
  renew(disk: NodeDisk, report: Report): Promise<void>;
  /** Lets a resync rest, or go on. */
  pauseSync(disk: NodeDisk, paused: boolean): Promise<void>;
  /** Keeps what this side holds now, as a snapshot beside it; answers its name. */
  snapshot(disk: NodeDisk, name: string): Promise<{ volume: string }>;
};
