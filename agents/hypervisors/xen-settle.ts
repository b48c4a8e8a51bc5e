// Migrations whose agent has died, and the programs that move a domain.
import type { Domain } from '../tools/xl/parse';
import type { XenGuest } from './xen-guest';
import { findDomain, type XenNode } from './xen-node';
import { endReceiving } from './xen-receive';
import { endSending, isSending, takeBack } from './xen-send';

/** What another agent was sending when it died: the guest goes on here. */
export async function settle(guest: XenGuest): Promise<void> {
  await takeBack(guest.files.folder);
  await guest.note({ migration: null });
  await guest.look();
}

/**
 * Whether a guest that has arrived runs here: it was let go on, but whoever did that did not come to write it down, which is made up for. From
 * then on what the source has of it is old.
 */
export async function hasGoneOn(guest: XenGuest, domains: readonly Domain[]): Promise<boolean> {
  const record = guest.running();
  const { migration, instanceId } = record;
  if (migration?.side !== 'target') return true;
  const domain = findDomain(domains, instanceId);
  if (!migration.arrived || !domain || (domain.isPaused && domain.reason === null)) return false;
  await guest.adopt({ ...record, migration: null, startedAt: new Date().toISOString() }, domain);
  // It has nothing left to do; what remains of it goes with the next migration.
  await endReceiving(guest.files.folder).catch(() => {});
  return true;
}

/**
 * What an agent that died was at, of a domain that is there. Of a guest that was still being sent it is known soon; one that was sent waits for the
 * decision.
 */
export async function recoverMigration(guest: XenGuest, node: XenNode): Promise<void> {
  const { migration } = guest.running();
  if (migration?.side === 'target' && migration.arrived) await hasGoneOn(guest, await node.look());
  if (migration?.side === 'source' && !migration.sent) await settle(guest);
  // Still suspended without its program, it was decided that it goes on elsewhere: whoever decided so says it again.
  if (migration?.side === 'source' && migration.sent && !(await isSending(guest.files.folder))) {
    const domain = findDomain(await node.look(), guest.running().instanceId);
    if (domain?.reason !== 'suspend') await guest.note({ migration: null });
  }
}

/** Of the programs that move it nothing goes on. */
export async function endMoves(folder: string): Promise<void> {
  await endReceiving(folder);
  await endSending(folder);
}
