// The sides of mirrors on one simulated node, in `<folder>/<disk id>.json`: what lies on its disks, and what its "kernel" has of it, which both
// outlive the agent.
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { MirrorSpec, MirrorWish } from '@/contract/schemas/disk';
import type { DiskRef } from './block-device';
import { Generations } from './simulated-generations';
import { writeWhole } from './simulated-pool';

const Device = z.object({
  mirror: MirrorSpec,
  role: z.enum(['primary', 'secondary']),
  wish: MirrorWish,
  /** Why it stopped looking for its peer. */
  dropped: z.enum(['splitBrain', 'unrelated']).nullable(),
  paused: z.boolean(),
});

export const SideState = z.object({
  instanceId: Id,
  diskId: Id,
  /** What lies below, and what the device makes of it. */
  backingMiB: z.number().int(),
  deviceMiB: z.number().int(),
  /** What somebody wrote; there are no bytes. */
  content: z.string(),
  generations: Generations,
  /** Whole: up to date, or at least as it was at some moment. */
  isWhole: z.boolean(),
  /** null while it is down. */
  device: Device.nullable(),
});
export type SideState = z.infer<typeof SideState>;
export type Device = z.infer<typeof Device>;

export type Side = {
  readonly nodeId: string;
  state: SideState;
  /** To be called after each change: keeps it, and tells who listens. */
  changed(): void;
};

/** With a device. */
export type UpSide = Side & { state: { device: Device } };

export type Sides = {
  list(): Side[];
  get(disk: DiskRef): Side | undefined;
  /** `wrong_state` where its device is not up. */
  needUp(disk: DiskRef): UpSide;
  add(state: SideState): Side;
  remove(disk: DiskRef): void;
  onChange(listener: () => void): () => void;
};

export function openSides({ folder, nodeId }: { folder: string; nodeId: string }): Sides {
  mkdirSync(folder, { recursive: true });
  const listeners = new Set<() => void>();
  const sides = new Map<string, Side>();
  const fileOf = (diskId: string) => path.join(folder, `${diskId}.json`);
  const tell = () => listeners.forEach((listener) => listener());
  const hold = (state: SideState): Side => {
    const side: Side = {
      nodeId,
      state,
      changed: () => {
        writeWhole(fileOf(side.state.diskId), JSON.stringify(side.state));
        tell();
      },
    };
    sides.set(state.diskId, side);
    return side;
  };
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.json')))
    hold(SideState.parse(JSON.parse(readFileSync(path.join(folder, name), 'utf8'))));
  return {
    list: () => [...sides.values()],
    get: ({ diskId }) => sides.get(diskId),
    needUp: ({ diskId }) => {
      const side = sides.get(diskId);
      if (side && isUp(side)) return side;
      throw new AppError('wrong_state', 'its device is not up');
    },
    add: (state) => {
      const side = hold(state);
      side.changed();
      return side;
    },
    remove: ({ diskId }) => {
      rmSync(fileOf(diskId), { force: true });
      sides.delete(diskId);
      tell();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

export function isUp(side: Side): side is UpSide {
  return side.state.device !== null;
}
