// What the contract of block devices asks of those who have a driver tested, and what its tests work with.
import type { AdoptedVolume, DiskSpec, NodeDisk } from '@/contract/schemas/disk';
import type { Report, Storage } from '../block-device';

export type StorageFixture = {
  /** How another disk of the template lies on the node; mirrors get a place of their own each. */
  newSpec(): DiskSpec;
  /** A new driver over the same state, as after an agent restart. */
  createDriver(): Promise<Storage>;
  /** The first bytes of an opened disk, or those from `offset`; null where a disk has no bytes to read. */
  readBytes: ((path: string, bytes: number, offset?: number) => Promise<Buffer>) | null;
  /** Writes at the beginning of an opened disk; null where a disk has no bytes. */
  write: ((path: string, text: string) => Promise<void>) | null;
  /** Leaves what is left of giving a disk to another instance when it was cut off; null where that cannot happen. */
  leaveHalfGiven: ((disk: NodeDisk, toInstanceId: string) => Promise<void>) | null;
  /** Leaves what a creation leaves behind that was cut off half-way; null where that cannot happen. */
  leaveHalfDone: ((disk: NodeDisk) => Promise<void>) | null;
  /** Volumes of somebody else; null where the template takes none. */
  adoption: AdoptionFixture | null;
  close(): Promise<void>;
};

export type AdoptionFixture = {
  /** Makes one, which begins with "theirs" where volumes have bytes. */
  make(name: string, sizeMiB: number): Promise<AdoptedVolume>;
  /** Opens it; what it answers closes it again. */
  hold(volume: AdoptedVolume): Promise<() => Promise<void>>;
  /** The volume that a disk of the driver's own lies on. */
  volumeOf(disk: NodeDisk): AdoptedVolume;
  /** Under this name, and belonging to nobody. */
  isThere(volume: AdoptedVolume): Promise<boolean>;
  remove(volume: AdoptedVolume): Promise<void>;
  /** Leaves what an adoption leaves behind that was cut off half-way; null where that cannot happen. */
  leaveHalfAdopted: ((disk: NodeDisk, volume: AdoptedVolume) => Promise<void>) | null;
};

export const listed = ({ instanceId, diskId, sizeMiB }: NodeDisk) => ({ instanceId, diskId, sizeMiB });

export type Suite = {
  fixture: StorageFixture;
  storage: Storage;
  newDisk(sizeMiB?: number): NodeDisk;
  restart(): Promise<Storage>;
};

export const silent: Report = { log: () => {}, progress: () => {} };
