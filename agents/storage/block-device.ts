// What every disk template does: the ladder create, assemble, shutdown, remove of block devices.
// Laws: each verb is idempotent and tolerates a half-done earlier run; a created disk reads as zeros; `remove` of an absent disk succeeds.
import type { DiskTemplate } from '@/contract/schemas/instance';

export type DiskRef = { instanceId: string; diskId: string };

export type Report = {
  log(message: string): void;
  /** 0 to 1. */
  progress(done: number): void;
  signal?: AbortSignal;
};

export type Storage = {
  readonly template: DiskTemplate;
  /** Reserves the whole size on the node; `no_resources` with the numbers when it does not fit, leaving nothing behind. */
  create(disk: DiskRef & { sizeMiB: number }, report: Report): Promise<void>;
  /** Makes it usable and answers its absolute path. */
  assemble(disk: DiskRef): Promise<{ path: string }>;
  shutdown(disk: DiskRef): Promise<void>;
  remove(disk: DiskRef): Promise<void>;
  list(): Promise<(DiskRef & { sizeMiB: number })[]>;
  capacity(): Promise<{ path: string; totalMiB: number; freeMiB: number }>;
};
