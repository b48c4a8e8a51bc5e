// Whether those who have, or want, a console open may still have it. Asked before the upgrade, after it, at every change of the user or the
// instance, and periodically: in one query for all of them.
import { isAllowed } from '@/contract/permissions';
import { UserRole } from '@/contract/schemas/user';
import type { Actor } from '../auth/actor';
import { relationsOf } from '../auth/authorize';
import type { Queryable } from '../db/client';

export type Claim = { actor: Actor; instanceId: string };
export type Standing = 'held' | 'sessionEnded' | 'rightLost' | 'instanceGone';

type Row = { session: boolean; role: string | null; instance: boolean; ownerId: string | null };

/** One answer for each claim, in their order. */
export async function readStandings(db: Queryable, claims: readonly Claim[]): Promise<Standing[]> {
  if (claims.length === 0) return [];
  const rows = await db.$queryRaw<Row[]>`
    SELECT session.id IS NOT NULL AS session, account.role, instance.id IS NOT NULL AS instance, instance."ownerId"
    FROM unnest(
      ${claims.map((claim) => claim.actor.sessionId)}::uuid[],
      ${claims.map((claim) => claim.actor.userId)}::uuid[],
      ${claims.map((claim) => claim.instanceId)}::uuid[]
    ) WITH ORDINALITY AS claim (session_id, user_id, instance_id, place)
    LEFT JOIN "Session" AS session ON session.id = claim.session_id AND session."userId" = claim.user_id
      AND session."endedAt" IS NULL AND session."expiresAt" > ${new Date()}
    LEFT JOIN "User" AS account ON account.id = session."userId" AND NOT account.disabled
    LEFT JOIN "Instance" AS instance ON instance.id = claim.instance_id
    ORDER BY claim.place`;
  return claims.map((claim, index) => judge(claim.actor, rows[index]));
}

function judge(actor: Actor, row: Row | undefined): Standing {
  const role = UserRole.safeParse(row?.role);
  if (!row?.session || !role.success) return 'sessionEnded';
  if (!row.instance) return 'instanceGone';
  const relations = relationsOf(
    { ...actor, role: role.data },
    { kind: 'instance', id: '', ownerId: row.ownerId },
  );
  return isAllowed('instance.console', relations) ? 'held' : 'rightLost';
}
