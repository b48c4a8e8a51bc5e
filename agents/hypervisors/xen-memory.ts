// What a guest is told of the memory that it is to have, so that its screen takes none of it away.
import { writeStore } from '../tools/xenstore/xenstore';
import { targetOf } from './xen-states';
import type { XenRecord } from './xen-record';
import { videoOf } from './xen-config';

const kibPerMiB = 1024;

/**
 * Xen's tools leave the screen's memory out of what they tell the guest, and Linux, which compares that with all that the domain has
 * (drivers/xen/xen-balloon.c), leaves it out again: it would give back as much of its own. So it is told all of it.
 */
export async function tellMemory(record: XenRecord, domid: number, memoryMiB: number): Promise<void> {
  if (videoOf(record.kind, record.machine.hvParams) === 0) return;
  const target = targetOf(record, memoryMiB) * kibPerMiB;
  await writeStore(`/local/domain/${domid}/memory/target`, String(target));
}
