// The two nodes of a pair, as the mirror contract has them. Everything is asynchronous, so that they may be anywhere.
import type { NodeDisk } from '@/contract/schemas/disk';
import type { Mirror, Report, Storage } from '../block-device';

type Told<Verb> = Verb extends (...args: [...infer Args, Report]) => infer Result
  ? (...args: Args) => Result
  : Verb;

/** One node of the pair: its driver, whatever lies between, and a guest's hands on its disks. Reports go nowhere. */
export type MirrorSide = Pick<Storage, 'assemble' | 'open' | 'close' | 'shutdown' | 'remove' | 'list'> &
  Pick<
    Mirror,
    'status' | 'areConnected' | 'connect' | 'markInSync' | 'forcePrimary' | 'pauseSync' | 'snapshot'
  > & {
    create: Told<Storage['create']>;
    grow: Told<Storage['grow']>;
    renew: Told<Mirror['renew']>;
    /** Writes to the begin of the device of a primary side, past every cache. */
    write(disk: NodeDisk, text: string): Promise<void>;
    /** What `write` left there, as this side has it; the side is primary. */
    read(disk: NodeDisk, length: number): Promise<string>;
    /** How large the device is. */
    deviceMiB(disk: NodeDisk): Promise<number>;
    /** Another driver takes over, as after an agent restart. */
    restart(): Promise<void>;
    /** Volumes, devices and whatever else this disk has on the node, by name. */
    leftovers(disk: NodeDisk): Promise<string[]>;
  };

export type MirrorFixture = {
  sides: readonly [MirrorSide, MirrorSide];
  /** A new disk as each of the two nodes is told of it. */
  newPair(ids: { instanceId: string; diskId: string; sizeMiB: number }): Promise<[NodeDisk, NodeDisk]>;
  /** Lets a moment pass: mirrors move on by themselves. */
  wait(): Promise<void>;
  close(): Promise<void>;
};

/** A side in this process. */
export function sideOf(
  driver: () => Storage & { mirror: Mirror },
  hands: Pick<MirrorSide, 'write' | 'read' | 'deviceMiB' | 'restart' | 'leftovers'>,
): MirrorSide {
  const silent: Report = { log: () => {}, progress: () => {} };
  return {
    create: (disk, wish) => driver().create(disk, wish, silent),
    assemble: (disk) => driver().assemble(disk),
    open: (disk) => driver().open(disk),
    close: (disk) => driver().close(disk),
    shutdown: (disk) => driver().shutdown(disk),
    remove: (disk) => driver().remove(disk),
    grow: (disk, wish) => driver().grow(disk, wish, silent),
    list: () => driver().list(),
    status: (disks) => driver().mirror.status(disks),
    areConnected: (disks) => driver().mirror.areConnected(disks),
    connect: (disk, wish) => driver().mirror.connect(disk, wish),
    markInSync: (disk) => driver().mirror.markInSync(disk),
    forcePrimary: (disk) => driver().mirror.forcePrimary(disk),
    renew: (disk) => driver().mirror.renew(disk, silent),
    pauseSync: (disk, paused) => driver().mirror.pauseSync(disk, paused),
    snapshot: (disk, name) => driver().mirror.snapshot(disk, name),
    ...hands,
  };
}
