// Announces changes inside the transaction that makes them. Pages receive the resource as it is when the event reaches them, so an event only
// names it; log lines, which are never read again, travel inside.
import type { ChangeKind } from '@/contract/events';
import type { Queryable, Json } from '../db/client';

export type Announcement = {
  kind: ChangeKind;
  id: string;
  /** Whose page may see it besides operators'. */
  ownerId?: string | null;
  data?: Json;
};

/** Publishes in order. Call it last in a transaction: it holds the event lock until commit. */
export async function publish(db: Queryable, ...announcements: Announcement[]): Promise<void> {
  if (announcements.length === 0) return;
  await db.$queryRaw`
    SELECT publish_event(kind, id, "ownerId", data)
    FROM jsonb_to_recordset(${JSON.stringify(announcements)}::jsonb) AS e(kind text, id text, "ownerId" uuid, data jsonb)`;
}
