// What verifications of clusters found. Invariant: the rows of a cluster are those of its last run that got to its end, and each one knows since
// when it has been found without a break.
import {
  Mend,
  type VerifyFinding,
  VerifyMeaning,
  verifyMeanings,
  type VerifyResult,
  VerifyTarget,
  VerifyValues,
} from '@/contract/schemas/verify';
import { unfinishedJobStatuses } from '@/contract/states';
import type { Queryable, Tx } from './client';
import { toTimestamp, toTimestampOrNull } from './viewer';

type Unstored = Omit<VerifyFinding, 'code' | 'severity' | 'firstSeenAt'>;

/** In place of what was found before. */
export async function storeFindings(tx: Tx, clusterId: string, found: Unstored[]): Promise<void> {
  const before = await tx.verifyFinding.findMany({ where: { clusterId } });
  const since = new Map(
    before.map((row) => [keyOf(row.meaning, row.targetId, row.subject), row.firstSeenAt]),
  );
  const at = new Date();
  await tx.verifyFinding.deleteMany({ where: { clusterId } });
  await tx.verifyFinding.createMany({
    data: found.map(({ meaning, target, subject, values, mend }) => ({
      ...{ clusterId, meaning, subject, values, mend: mend ?? undefined },
      ...{ targetKind: target.kind, targetId: target.id, targetName: target.name },
      firstSeenAt: since.get(keyOf(meaning, target.id, subject)) ?? at,
    })),
    skipDuplicates: true,
  });
  await tx.cluster.update({ where: { id: clusterId }, data: { verifiedAt: at }, select: { id: true } });
}

const keyOf = (...parts: string[]) => parts.join('\n');

export async function loadVerifyResult(db: Queryable, clusterId: string): Promise<VerifyResult | null> {
  const cluster = await db.cluster.findUnique({ where: { id: clusterId }, select: { verifiedAt: true } });
  if (!cluster) return null;
  const status = { in: [...unfinishedJobStatuses] };
  const job = await db.job.findFirst({
    where: { targetId: clusterId, operation: 'cluster.verify', status },
    select: { id: true },
  });
  const items = await listFindings(db, { clusterId });
  return { verifiedAt: toTimestampOrNull(cluster.verifiedAt), jobId: job?.id ?? null, items };
}

/** Errors first, then by name; those of all clusters unless one is named. */
export async function listFindings(
  db: Queryable,
  { clusterId, take }: { clusterId?: string; take?: number } = {},
): Promise<VerifyFinding[]> {
  const rows = await db.verifyFinding.findMany({
    where: { clusterId },
    orderBy: [{ targetName: 'asc' }, { meaning: 'asc' }, { subject: 'asc' }],
  });
  return rows
    .flatMap(viewOf)
    .sort((a, b) => a.severity.localeCompare(b.severity))
    .slice(0, take);
}

type Row = Awaited<ReturnType<Queryable['verifyFinding']['findMany']>>[number];

/** None of a version that knew other ones. */
function viewOf({ firstSeenAt, subject, ...row }: Row): VerifyFinding[] {
  const meaning = VerifyMeaning.safeParse(row.meaning).data;
  const target = VerifyTarget.safeParse({
    kind: row.targetKind,
    id: row.targetId,
    name: row.targetName,
  }).data;
  const values = VerifyValues.safeParse(row.values).data;
  if (!meaning || !target || !values) return [];
  const mend = Mend.safeParse(row.mend).data ?? null;
  const { code, severity } = verifyMeanings[meaning];
  return [{ code, severity, meaning, target, subject, values, mend, firstSeenAt: toTimestamp(firstSeenAt) }];
}
