// Powers a node off by the cluster's fence command, which another node of the cluster runs, and believes it only when the command also says
// that the node is off. From the first power-off on there is no way back: the node may be off whatever became of the job.
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { parseFacts } from '../db/nodes';
import { operation, step } from '../jobs/operation';
import { readNode } from './joined-node';
import { callAgent } from './placed-instance';
import { readBeforeOffline, recordOffline, takeOfflineBack } from './record-offline';
import type { Ctx } from './services';

const Params = z.object({ nodeId: Id });
type Params = z.infer<typeof Params>;

/** How long a machine may take to lose its power, and how often that is asked. */
const confirm = { patienceMs: 60_000, pauseMs: 2_000 };

const look = step('look', {
  async do(ctx: Ctx, { nodeId }: Params) {
    const before = await readBeforeOffline(ctx, nodeId);
    // The last moment at which a cancel is in time.
    ctx.signal.throwIfAborted();
    return before;
  },
});

const powerOff = step('power-off', {
  cancelable: false,
  async do(ctx: Ctx, { nodeId }: Params) {
    const order = await readOrder(ctx, nodeId);
    const failures: unknown[] = [];
    for (const by of order.nodes) {
      try {
        ctx.log(`${by.name} runs ${order.hook} to power ${order.node.name} off`);
        await runHook(ctx, { ...order, by, action: 'off' });
        return { byId: by.id };
      } catch (error) {
        failures.push(error);
        ctx.log(error instanceof Error ? error.message : String(error), 'warn');
      }
    }
    throw failures.at(-1);
  },
});

const confirmOff = step('confirm-off', {
  cancelable: false,
  async do(ctx: Ctx, { nodeId }: Params) {
    const order = await readOrder(ctx, nodeId);
    const by = order.nodes.find(({ id }) => id === ctx.output(powerOff)?.byId) ?? order.nodes[0];
    const giveUpAt = performance.now() + confirm.patienceMs;
    for (;;) {
      const { said } = await runHook(ctx, { ...order, by, action: 'status' });
      if (said === 'off') return ctx.log(`${order.node.name} is off`);
      if (performance.now() > giveUpAt)
        throw new AppError(
          'timeout',
          `${order.node.name} is not known to be off: asked for its status, ${order.hook} still says "${said}"`,
        );
      await delay(confirm.pauseMs);
    }
  },
});

const record = step('record-offline', {
  cancelable: false,
  do: (ctx: Ctx, { nodeId }: Params) => recordOffline(ctx, nodeId, 'hook'),
  async undo(ctx: Ctx, { nodeId }: Params) {
    const before = ctx.output(look);
    if (before) await takeOfflineBack(ctx, nodeId, before);
  },
});

export const nodeFence = operation({
  name: 'node.fence',
  params: Params,
  locks: ({ nodeId }) => ({ node: [nodeId] }),
  check: async (ctx: Ctx, { nodeId }) => void (await readOrder(ctx, nodeId)),
  steps: [look, powerOff, confirmOff, record],
});

type Order = Awaited<ReturnType<typeof readOrder>>;

/** The cluster's command, and the other nodes that have it; throws where there is none. */
async function readOrder(ctx: Ctx, nodeId: string) {
  const node = await readNode(ctx.db, nodeId);
  const { clusterId } = node;
  const { fenceHook } = await ctx.db.cluster.findUniqueOrThrow({ where: { id: clusterId } });
  const cannot = `Cannot power ${node.name} off`;
  if (!fenceHook) throw new AppError('wrong_state', `${cannot}: its cluster has no fence command`);
  const others = await ctx.db.node.findMany({
    where: { clusterId, state: 'online', id: { not: nodeId } },
    orderBy: { name: 'asc' },
  });
  const [first, ...more] = others.filter((one) => parseFacts(one.facts)?.fenceHooks?.includes(fenceHook));
  if (first) return { node, hook: fenceHook, nodes: [first, ...more] as const };
  throw new AppError(
    'wrong_state',
    `${cannot}: no other node of its cluster that is online has the fence command ${fenceHook}`,
  );
}

type Run = Pick<Order, 'node' | 'hook'> & { by: Order['nodes'][0]; action: 'off' | 'status' };

function runHook(ctx: Ctx, { node: { name, address }, hook, by, action }: Run) {
  return callAgent(ctx, { node: by }, 'fence.run', { hook, action, node: { name, address } });
}
