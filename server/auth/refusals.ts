// Refusals in the audit. Invariant: what somebody tries again and again is one row a minute, and nobody makes more than some rows a minute, so that
// asking for what one may not have fills neither the audit nor the live streams of those who read it.
import { recordAudit, type AuditRecord } from '../db/audit';
import type { Db } from '../db/client';
import { networkOf } from './remote-address';

const minuteMs = 60_000;
export const refusalLimits = { rowsPerMinute: 60, rememberedActors: 10_000 } as const;

export type RefusalLimit = (who: string, what: string) => boolean;

/** Answers whether the refusal is to be recorded. */
export function createRefusalLimit(now: () => number = Date.now): RefusalLimit {
  // Those who were refused last come last.
  const recent = new Map<string, Map<string, number>>();
  return (who, what) => {
    const tried = recent.get(who) ?? new Map<string, number>();
    recent.delete(who);
    recent.set(who, tried);
    const [longestAgo] = recent.keys();
    if (recent.size > refusalLimits.rememberedActors && longestAgo !== undefined) recent.delete(longestAgo);
    for (const [other, at] of tried) if (at <= now() - minuteMs) tried.delete(other);
    if (tried.has(what) || tried.size >= refusalLimits.rowsPerMinute) return false;
    tried.set(what, now());
    return true;
  };
}

const isToBeRecorded = createRefusalLimit();

/** Of those who are not signed in, everybody of one network counts as one. */
export async function recordRefusal(db: Db, record: AuditRecord): Promise<void> {
  const { actor, address, action, outcome, target } = record;
  const who = actor ? `user:${actor.userId}` : `network:${networkOf(address ?? null)}`;
  if (isToBeRecorded(who, [action, outcome, target?.kind, target?.id].join(' ')))
    await recordAudit(db, record);
}
