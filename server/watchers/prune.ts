// Deletes what has served its time: old events and jobs, used-up tickets, links, tokens and sessions, old sign-in failures.
import type { Db } from '../db/client';
import { every, type Watcher } from './every';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Pages that lost their connection resume from these. */
const keepEvents = { rows: 10_000, ms: hourMs };
/** A job may have thousands of log lines. */
const jobsAtOnce = 100;

type Parts = {
  db: Db;
  /** After its end; the audit goes on telling who asked for it. */
  keepJobsDays: number;
  intervalMs?: number;
};

export function prune({ db, keepJobsDays, intervalMs = 5 * 60_000 }: Parts): Watcher {
  return every({ name: 'prune', intervalMs, work: () => pruneOnce(db, keepJobsDays) });
}

export async function pruneOnce(db: Db, keepJobsDays: number): Promise<void> {
  const before = (ms: number) => new Date(Date.now() - ms);
  await db.$executeRaw`
    DELETE FROM "Event" WHERE at < ${before(keepEvents.ms)} AND seq <= (SELECT max(seq) FROM "Event") - ${keepEvents.rows}`;
  await db.consoleTicket.deleteMany({ where: { expiresAt: { lt: before(hourMs) } } });
  await db.passwordLink.deleteMany({ where: { expiresAt: { lt: before(7 * dayMs) } } });
  await db.joinToken.deleteMany({ where: { expiresAt: { lt: before(7 * dayMs) } } });
  await db.session.deleteMany({
    where: { OR: [{ expiresAt: { lt: before(dayMs) } }, { endedAt: { lt: before(dayMs) } }] },
  });
  await db.signInFailure.deleteMany({ where: { at: { lt: before(dayMs) } } });
  await pruneJobs(db, before(keepJobsDays * dayMs));
}

/** With their steps and log lines. A job that left something behind stays. */
async function pruneJobs(db: Db, endedBefore: Date): Promise<void> {
  for (;;) {
    const deleted = await db.$executeRaw`
      DELETE FROM "Job" WHERE id IN (
        SELECT id FROM "Job" WHERE "endedAt" < ${endedBefore} AND NOT "needsAttention" ORDER BY id LIMIT ${jobsAtOnce})`;
    if (deleted < jobsAtOnce) return;
  }
}
