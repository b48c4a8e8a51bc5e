// Migrations whose agent has died, and the programs that move a domain.
import type { XenGuest } from './xen-guest';
import { endReceiving } from './xen-receive';
import { endSending, isSending, takeBack } from './xen-send';

/** What another agent was sending when it died: the guest goes on here. */
export async function settle(guest: XenGuest): Promise<void> {
  await takeBack(guest.files.folder);
  await guest.note({ migration: null });
  await guest.look();
}

/** What an agent that died was at. Of a guest that was still being sent it is known soon; one that was sent waits for the decision. */
export async function recoverMigration(guest: XenGuest): Promise<void> {
  const { migration } = guest.running();
  if (migration?.side === 'source' && !migration.sent) await settle(guest);
  if (migration?.side === 'source' && migration.sent && !(await isSending(guest.files.folder)))
    await guest.note({ migration: null });
  if (migration?.side === 'target' && !migration.arrived) {
    await endMoves(guest.files.folder);
    await guest.kill();
  }
}

/** Of the programs that move it nothing goes on. */
export async function endMoves(folder: string): Promise<void> {
  await endReceiving(folder);
  await endSending(folder);
}
