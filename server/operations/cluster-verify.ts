// Looks whether nodes, instances and the database agree, and keeps what it finds. Changes nothing on nodes, so it holds no lock that anybody else
// waits for: only two verifications of one cluster follow upon each other.
import { z } from 'zod';
import { Id } from '@/contract/names';
import { storeFindings } from '../db/verify-findings';
import { operation, step } from '../jobs/operation';
import type { Judged } from '../verify/judge';
import { verifyCluster } from '../verify/verify-cluster';
import type { Ctx } from './services';

const Params = z.object({ clusterId: Id });
type Params = z.infer<typeof Params>;

const verify = step('verify', {
  async do(ctx: Ctx, { clusterId }: Params) {
    const { db, services, signal } = ctx;
    const found = await verifyCluster({ db, agents: services.agents, clusterId, signal });
    await ctx.change(async (tx, announce) => {
      await storeFindings(tx, clusterId, found);
      announce({ kind: 'cluster', id: clusterId });
    });
    for (const one of found) ctx.log(say(one), one.severity === 'error' ? 'error' : 'warn');
    if (found.length === 0) ctx.log('Everything is as it should be');
  },
});

export const clusterVerify = operation({
  name: 'cluster.verify',
  params: Params,
  locks: ({ clusterId }) => ({ cluster: [`verify-${clusterId}`] }),
  steps: [verify],
});

/** As a log has it, and programs that read it: code, what it is about, and the particulars. */
function say({ severity, code, target, meaning, values }: Judged): string {
  const particulars = Object.entries(values).map(([name, value]) => `${name}=${value}`);
  return `${severity.toUpperCase()} ${code} ${target.kind} ${target.name}: ${[meaning, ...particulars].join(' ')}`;
}
