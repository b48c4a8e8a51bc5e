import type { Overview } from '@/contract/schemas/cluster';
import { InstanceStatus, NodeState, unfinishedJobStatuses } from '@/contract/states';
import { authorize, type Ctx } from '../auth/authorize';
import { listClusterViews } from '../db/clusters';
import { allNodeViews } from '../db/nodes';
import { listFindings } from '../db/verify-findings';
import { findJobs, findNodes } from './findings';
import { findInstances } from './instance-findings';
import { joinFindings } from './join-findings';

/** The clusters' own pages show the rest. */
const mostVerified = 100;

/** The state of everything in figures, and what somebody should look at. */
export async function getOverview(ctx: Ctx): Promise<Overview> {
  const actor = await authorize(ctx, 'overview.view');
  const [byStatus, nodes, clusters, unfinishedJobs, jobs, instances, verified] = await Promise.all([
    ctx.db.instance.groupBy({ by: ['status'], _count: true }),
    allNodeViews(ctx.db),
    listClusterViews(ctx.db, actor),
    ctx.db.job.count({ where: { status: { in: [...unfinishedJobStatuses] } } }),
    findJobs(ctx.db),
    findInstances(ctx.db),
    listFindings(ctx.db, { take: mostVerified }),
  ]);
  const live = [...jobs, ...findNodes(nodes, new Date()), ...instances];
  const { findings, verified: others } = joinFindings(live, verified);
  return {
    instances: countEach(InstanceStatus.options, (status) => {
      return byStatus.find((row) => row.status === status)?._count ?? 0;
    }),
    nodes: countEach(NodeState.options, (state) => nodes.filter((node) => node.state === state).length),
    clusters,
    findings: findings.sort((a, b) => a.severity.localeCompare(b.severity)),
    verified: others,
    unfinishedJobs,
  };
}

function countEach<K extends string>(keys: readonly K[], count: (key: K) => number): Record<K, number>;
function countEach(keys: readonly string[], count: (key: string) => number): Record<string, number> {
  return Object.fromEntries(keys.map((key) => [key, count(key)]));
}
