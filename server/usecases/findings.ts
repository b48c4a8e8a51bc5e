// What somebody should look at, read from what is stored: nothing is remembered, so a finding is gone as soon as its cause is.
import type { Finding } from '@/contract/schemas/cluster';
import type { Node } from '@/contract/schemas/node';
import type { Queryable } from '../db/client';

export const findingLimits = {
  /** A node that joined should have been seen by then. */
  joiningMs: 5 * 60_000,
  clockSkewMs: 2_000,
  certificateDays: 14,
  /** Less than this share of memory or storage free. */
  freeShare: 0.1,
  /** Of one kind; the lists show the rest. */
  most: 20,
} as const;

const dayMs = 86_400_000;

export function findNodes(nodes: Node[], now: Date): Finding[] {
  return nodes.flatMap((node) => [...reachability(node, now), ...health(node, now)]);
}

export async function findJobs(db: Queryable): Promise<Finding[]> {
  const jobs = await db.job.findMany({
    where: { needsAttention: true },
    orderBy: { id: 'desc' },
    take: findingLimits.most,
    select: { id: true, operation: true, targetName: true },
  });
  return jobs.map((job) => ({
    severity: 'error',
    kind: 'jobNeedsAttention',
    target: { kind: 'job', id: String(job.id), name: job.targetName },
    values: { operation: job.operation, target: job.targetName },
  }));
}

function reachability(node: Node, now: Date): Finding[] {
  if (node.state === 'unreachable')
    return [
      on(node, 'error', 'nodeUnreachable', {
        ...{ problem: node.problem ?? '', seenAt: node.seenAt ?? '', instances: node.instances },
      }),
    ];
  if (node.state === 'offline') return offline(node);
  const waited = now.getTime() - Date.parse(node.createdAt);
  const isLate = node.state === 'joining' && node.seenAt === null && waited > findingLimits.joiningMs;
  return isLate ? [on(node, 'warning', 'nodeNeverSeen', { minutes: Math.round(waited / 60_000) })] : [];
}

/** Somebody took it out; what is left to be done about that. */
function offline(node: Node): Finding[] {
  const { instances, answersSince } = node;
  return [
    ...(instances > 0 ? [on(node, 'error', 'nodeOfflineInUse', { instances })] : []),
    ...(answersSince ? [on(node, 'warning', 'nodeAnswersAgain', {})] : []),
  ];
}

function health(node: Node, now: Date): Finding[] {
  const findings: Finding[] = [];
  if (Math.abs(node.clockSkewMs ?? 0) > findingLimits.clockSkewMs)
    findings.push(
      on(node, 'warning', 'nodeClockSkew', { seconds: Math.round((node.clockSkewMs ?? 0) / 1000) }),
    );
  if (node.certificateExpiresAt) {
    const days = Math.floor((Date.parse(node.certificateExpiresAt) - now.getTime()) / dayMs);
    const severity = days < 3 ? 'error' : 'warning';
    if (days < findingLimits.certificateDays)
      findings.push(on(node, severity, 'certificateExpiring', { days }));
  }
  for (const os of node.facts?.oses ?? [])
    if (os.state === 'failed')
      findings.push(on(node, 'warning', 'osFailed', { os: os.kind, detail: os.detail ?? '' }));
  for (const { name, problem } of node.facts?.scripts ?? [])
    if (problem !== null) findings.push(on(node, 'warning', 'osFailed', { os: name, detail: problem }));
  return [...findings, ...room(node)];
}

function room({ state, facts, ...node }: Node): Finding[] {
  if (!facts || state !== 'online') return [];
  const rows = [
    { kind: 'memoryLow', ...facts.memory },
    ...facts.pools.map(({ totalMiB, freeMiB }) => ({ kind: 'diskLow' as const, totalMiB, freeMiB })),
  ] as const;
  return rows
    .filter(({ freeMiB, totalMiB }) => freeMiB < totalMiB * findingLimits.freeShare)
    .map(({ kind, freeMiB, totalMiB }) => on(node, 'warning', kind, { freeMiB, totalMiB }));
}

function on(
  { id, name }: { id: string; name: string },
  severity: Finding['severity'],
  kind: Finding['kind'],
  values: Finding['values'],
): Finding {
  return { severity, kind, target: { kind: 'node', id, name }, values };
}
