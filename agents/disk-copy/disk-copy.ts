// How the bytes of one disk come to another node: what every way to copy does, as `disk-copy-contract.ts` tests it. Whoever asks has brought the
// disk up, and sees to it that nobody uses it.
// Laws: a receiver lets one sender in, and only with its key; it ends with that sender, with `end`, and with the agent; what was begun for a
// disk is broken off when the same is begun anew; a sender of another size is refused before the first byte.
import type { DiskDoor } from '@/contract/agent-disk-calls';

export type CopyReport = {
  /** 0 to 1; told again and again, also where nothing moves. */
  progress(done: number): void;
  signal?: AbortSignal;
};

export type DiskEnd = { diskId: string; path: string };

export type DiskCopy = {
  /** Waits on the address for the disk's bytes. Leaves nothing behind where it cannot. */
  receive(disk: DiskEnd & { address: string }): Promise<DiskDoor>;
  /** Resolves when the receiver has taken all; `wrong_state` with both sizes where they differ, `canceled` with the signal. */
  send(disk: DiskEnd & { door: DiskDoor }, report: CopyReport): Promise<void>;
  /** At the receiver, after the sender's success: all is on the medium, and nothing waits here any more. */
  settle(disk: DiskEnd): Promise<void>;
  /** Breaks off whatever this node does for the disk; nothing at all is success. */
  end(diskId: string): Promise<void>;
  /** Breaks off all of it, also what an earlier agent began. */
  endAll(): Promise<void>;
};
