// The audit as the API answers it. Customers see what they did and what happened to what is theirs, without other people's names.
import { AuditEntry, type AuditListQuery } from '@/contract/schemas/audit';
import type { Queryable } from './client';
import type { Prisma } from './generated/client';
import type { AuditEntryModel } from './generated/models';
import { internalText, loadNodeNameFilter, type HideNames } from './hide-names';
import { escapeLike, isOperator, toTimestamp, visibleOwner, type Viewer } from './viewer';

const Details = AuditEntry.shape.details;

export function visibleAudit(viewer: Viewer): Prisma.AuditEntryWhereInput {
  const own = visibleOwner(viewer);
  if (own === undefined) return {};
  // A refusal's row tells whether what was asked for exists, which its actor must not learn.
  return { OR: [{ ownerId: own }, { actorId: own }], outcome: { not: 'refused' } };
}

export async function loadAuditEntries(
  db: Queryable,
  ids: number[],
  viewer: Viewer,
): Promise<Map<string, AuditEntry>> {
  const rows = await db.auditEntry.findMany({ where: { AND: [{ id: { in: ids } }, visibleAudit(viewer)] } });
  const hide = await loadNodeNameFilter(db, viewer);
  return new Map(rows.map((row) => [String(row.id), auditView(row, viewer, hide)]));
}

export async function listAuditViews(
  db: Queryable,
  query: AuditListQuery,
  viewer: Viewer,
): Promise<{ items: AuditEntry[]; total: number }> {
  const where = { AND: [...matching(query, viewer), visibleAudit(viewer)] };
  const [total, rows, hide] = await Promise.all([
    db.auditEntry.count({ where }),
    db.auditEntry.findMany({
      where,
      orderBy: { id: 'desc' },
      skip: (query.page - 1) * query.pageSize,
      take: query.pageSize,
    }),
    loadNodeNameFilter(db, viewer),
  ]);
  return { total, items: rows.map((row) => auditView(row, viewer, hide)) };
}

function auditView(row: AuditEntryModel, viewer: Viewer, hide: HideNames): AuditEntry {
  const showsActor = isOperator(viewer) || row.actorId === viewer.userId;
  const { actorId, targetKind, targetId } = row;
  return {
    id: row.id,
    at: toTimestamp(row.at),
    actor: actorId && showsActor ? { id: actorId, name: row.actorName ?? actorId } : null,
    address: showsActor ? row.address : null,
    action: row.action,
    target:
      targetKind && targetId ? { kind: targetKind, id: targetId, name: row.targetName ?? targetId } : null,
    outcome: AuditEntry.shape.outcome.parse(row.outcome),
    jobId: row.jobId,
    details: hideInside(Details.parse(row.details), row.jobId, hide),
  };
}

function hideInside(
  details: AuditEntry['details'],
  jobId: number | null,
  hide: HideNames,
): AuditEntry['details'] {
  if (hide.nothing) return details;
  const isInternal = details.code === 'internal' && jobId !== null;
  return Object.fromEntries(
    Object.entries(isInternal ? { ...details, message: internalText(jobId) } : details)
      .filter(([key]) => key !== 'nodeId' && key !== 'node')
      .map(([key, value]) => [key, typeof value === 'string' ? hide.in(value) : value]),
  );
}

function matching(
  { instanceId, nodeId, userId, search }: AuditListQuery,
  viewer: Viewer,
): Prisma.AuditEntryWhereInput[] {
  const filters: Prisma.AuditEntryWhereInput[] = [];
  if (instanceId) filters.push({ targetKind: 'instance', targetId: instanceId });
  if (nodeId) filters.push({ targetKind: 'node', targetId: nodeId });
  // Who else acted is not shown to customers, so it is not found out by filtering either.
  if (userId && !isOperator(viewer) && userId !== viewer.userId) filters.push({ id: { in: [] } });
  else if (userId) filters.push({ OR: [{ actorId: userId }, { targetKind: 'user', targetId: userId }] });
  if (search) filters.push({ OR: searched(search, viewer) });
  return filters;
}

// Searching in what is not shown would tell what it is: customers do not search actors, who may be others.
function searched(search: string, viewer: Viewer): Prisma.AuditEntryWhereInput[] {
  const contains = { contains: escapeLike(search), mode: 'insensitive' as const };
  const shown: Prisma.AuditEntryWhereInput[] = [{ action: contains }, { targetName: contains }];
  return isOperator(viewer) ? [...shown, { actorName: contains }, { address: contains }] : shown;
}
