// Brings a node whose certificate was just signed into the cluster: reached at its address with its identity proven, configured, then online.
// One that does not get so far is told to leave, so that its agent does not go on as a node that nobody knows.
import { z } from 'zod';
import { patienceMs } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { AcceleratorSetting, type NodeFacts } from '@/contract/schemas/node';
import type { AgentAddress } from '../agents/agent-client';
import { nodeCertificateDays } from '../agents/ca';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { hasCode } from './node-answers';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id });
type Params = z.infer<typeof Params>;

const leavePatienceMs = 2_000;
/** Certificates are valid from an hour before: a clock that is further off would break TLS sooner or later. */
const mostSkewMs = 10 * 60_000;

export const reach = step('reach', {
  async do(ctx: Ctx, { nodeId }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const { facts, before } = await askFacts(ctx, node);
    const skewMs = Math.round(Date.parse(facts.clock) - (before + Date.now()) / 2);
    ctx.log(`${node.name} answers: agent ${facts.agentVersion}, ${facts.osName}, kernel ${facts.kernel}`);
    if (Math.abs(skewMs) > mostSkewMs)
      throw new AppError(
        'wrong_state',
        `Cannot join ${node.name}: its clock is ${Math.round(skewMs / 1000)} s off; set it first`,
        { details: { skewMs } },
      );
    return { skewMs };
  },
});

export const configure = step('configure', {
  async do(ctx: Ctx, { nodeId }: Params) {
    const node = await readNode(ctx.db, nodeId);
    const accelerator = AcceleratorSetting.parse(node.acceleratorSetting);
    return ctx.services.agents.call(node, 'node.configure', { accelerator }, { signal: ctx.signal });
  },
});

/** Only of a node that is new: one that comes back stays what it is. */
const reachNew = { ...reach, undo: (ctx: Ctx, { nodeId }: Params) => tellToLeave(ctx, nodeId) };

const recordOnline = step('record-online', {
  async do(ctx: Ctx, { nodeId }: Params) {
    await ctx.change(async (tx, announce) => {
      const node = await readNode(tx, nodeId);
      const data = onlineColumns(node, { facts: ctx.output(configure), skewMs: ctx.output(reach)?.skewMs });
      await tx.node.update({ where: { id: nodeId }, data });
      announce({ kind: 'node', id: nodeId }, { kind: 'cluster', id: node.clusterId });
    });
  },
});

type Signed = { certificateExpiresAt: Date | null; createdAt: Date };

/** What a node's row says of it when it was just reached. */
export function onlineColumns(
  { certificateExpiresAt, createdAt }: Signed,
  { facts, skewMs }: { facts: NodeFacts | undefined; skewMs: number | undefined },
) {
  const signedUntil = new Date(createdAt.getTime() + nodeCertificateDays * 86_400_000);
  return {
    ...{ state: 'online', seenAt: new Date(), problem: null },
    ...{ facts, clockSkewMs: skewMs ?? null },
    certificateExpiresAt: certificateExpiresAt ?? signedUntil,
  };
}

/** What cannot be told, or has instances, keeps its identity until it joins with another token. */
async function tellToLeave(ctx: Ctx, nodeId: string): Promise<void> {
  const node = await readNode(ctx.db, nodeId);
  try {
    await ctx.services.agents.call(node, 'node.leave', {}, { patienceMs: leavePatienceMs });
    ctx.log(`${node.name} has forgotten that it was to join`);
  } catch (error) {
    const isExpected = (['unavailable', 'timeout', 'wrong_state'] as const).some((code) =>
      hasCode(error, code),
    );
    if (!isExpected) throw error;
    ctx.log(`${node.name} could not be told that it has not joined`, 'warn');
  }
}

/** The agent begins to serve only after the answer that made this job, and has much to do then: one that is slow to answer is asked again. */
async function askFacts(ctx: Ctx, node: AgentAddress) {
  const giveUpAt = Date.now() + patienceMs;
  for (;;) {
    const before = Date.now();
    try {
      const options = { signal: ctx.signal };
      return { before, facts: await ctx.services.agents.call(node, 'node.facts', {}, options) };
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'timeout' || Date.now() > giveUpAt) throw error;
      ctx.log(`${node.name} is slow to answer`, 'warn');
    }
  }
}

export const nodeJoin = operation({
  name: 'node.join',
  params: Params,
  locks: ({ nodeId }) => ({ node: [nodeId] }),
  steps: [reachNew, configure, recordOnline],
  abandon: async (tx, { nodeId }, { announce }) => {
    const node = await tx.node.findUnique({ where: { id: nodeId }, select: { clusterId: true } });
    if (node) announce({ kind: 'cluster', id: node.clusterId });
    await tx.node.deleteMany({ where: { id: nodeId } });
    return 'release';
  },
});
