// Disks for tests on lab nodes, and what their drivers are told along with them.
import { randomUUID } from 'node:crypto';
import type { NodeDisk } from '@/contract/schemas/disk';

export const silent = { log() {}, progress() {} };
export const wiped = { wipe: true };

export const newIds = (sizeMiB: number) => ({ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB });

/** In the volume group that every lab node has. */
export const plainDisk = (sizeMiB: number): NodeDisk => ({
  ...newIds(sizeMiB),
  spec: { template: 'plain', vg: 'corral', stripes: 1 },
});
