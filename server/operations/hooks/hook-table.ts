// Which hook each operation has, with what in its environment and on which nodes. The names are Ganeti's. Where Ganeti asks its master alone, the
// nodes of the instance are asked: there is no master among the nodes.
import { hostname } from 'node:os';
import { z } from 'zod';
import type { HookEnv } from '@/contract/hooks';
import { Id } from '@/contract/names';
import type { OperationName } from '@/contract/operations';
import { readInstance } from '../placed-instance';
import type { Ctx } from '../services';
import { toInstanceEnv, toNodeEnv } from './hook-env';
import type { HookPlan } from './run-hooks';

type Row = {
  name: string;
  /** Ganeti's word for the operation, in GANETI_OP_CODE. */
  code: string;
  /** What a script is told besides, out of the job's parameters. */
  told?: (params: z.infer<typeof Params>) => HookEnv;
  /** The nodes are not known before this step has chosen them. */
  placedBy?: string;
};

/** Of all operations together: each has some of them. */
const Params = z.looseObject({
  instanceId: Id.optional(),
  nodeId: Id.nullish(),
  timeoutS: z.number().optional(),
  force: z.boolean().optional(),
  hard: z.boolean().optional(),
  ignoreConsistency: z.boolean().optional(),
  newSizeMiB: z.number().optional(),
  newName: z.string().optional(),
  diskId: Id.optional(),
  mode: z.string().optional(),
});

const say = (flag: boolean | undefined) => (flag ? 'True' : 'False');
const modify: Row = { name: 'instance-modify', code: 'OP_INSTANCE_SET_PARAMS' };
const modifyNode: Row = { name: 'node-modify', code: 'OP_NODE_SET_PARAMS' };

/** null: Ganeti has no hook for such a thing. */
export const hookTable: Record<OperationName, Row | null> = {
  'instance.create': {
    ...{ name: 'instance-add', code: 'OP_INSTANCE_CREATE', placedBy: 'choose-node' },
    told: () => ({ ADD_MODE: 'create' }),
  },
  'instance.adopt': {
    ...{ name: 'instance-add', code: 'OP_INSTANCE_CREATE' },
    told: () => ({ ADD_MODE: 'create' }),
  },
  'instance.start': {
    ...{ name: 'instance-start', code: 'OP_INSTANCE_STARTUP' },
    told: () => ({ FORCE: 'False' }),
  },
  'instance.stop': {
    ...{ name: 'instance-stop', code: 'OP_INSTANCE_SHUTDOWN' },
    told: ({ timeoutS = 0 }) => ({ TIMEOUT: String(timeoutS) }),
  },
  'instance.reboot': {
    ...{ name: 'instance-reboot', code: 'OP_INSTANCE_REBOOT' },
    told: ({ hard, timeoutS = 0 }) => ({
      ...{ IGNORE_SECONDARIES: 'False', SHUTDOWN_TIMEOUT: String(timeoutS) },
      REBOOT_TYPE: hard ? 'hard' : 'full',
    }),
  },
  'instance.remove': { name: 'instance-remove', code: 'OP_INSTANCE_REMOVE' },
  'instance.modify': modify,
  'instance.pause': null,
  'instance.resume': null,
  'instance.reinstall': { name: 'instance-reinstall', code: 'OP_INSTANCE_REINSTALL' },
  'instance.rename': {
    ...{ name: 'instance-rename', code: 'OP_INSTANCE_RENAME' },
    told: ({ newName = '' }) => ({ INSTANCE_NEW_NAME: newName }),
  },
  'instance.failover': {
    ...{ name: 'instance-failover', code: 'OP_INSTANCE_FAILOVER' },
    told: ({ ignoreConsistency }) => ({
      ...{ IGNORE_CONSISTENCY: say(ignoreConsistency), FAILOVER_CLEANUP: 'False' },
    }),
  },
  'instance.convert': modify,
  'instance.move': { name: 'instance-move', code: 'OP_INSTANCE_MOVE' },
  'instance.recreateDisks': { name: 'instance-recreate-disks', code: 'OP_INSTANCE_RECREATE_DISKS' },
  'disk.add': modify,
  'disk.grow': {
    ...{ name: 'disk-grow', code: 'OP_INSTANCE_GROW_DISK' },
    told: ({ diskId = '', newSizeMiB = 0 }) => ({
      ...{ DISK: diskId, AMOUNT: String(newSizeMiB), ABSOLUTE: 'True' },
    }),
  },
  'disk.remove': modify,
  'disk.move': modify,
  'instance.migrate': {
    ...{ name: 'instance-migrate', code: 'OP_INSTANCE_MIGRATE' },
    told: () => ({ MIGRATE_LIVE: 'True', MIGRATE_CLEANUP: 'False' }),
  },
  'instance.cleanupMigration': {
    ...{ name: 'instance-migrate', code: 'OP_INSTANCE_MIGRATE' },
    told: () => ({ MIGRATE_LIVE: 'True', MIGRATE_CLEANUP: 'True' }),
  },
  'instance.replaceDisks': {
    ...{ name: 'mirrors-replace', code: 'OP_INSTANCE_REPLACE_DISKS' },
    told: ({ mode = '' }) => ({ MODE: replaceModes[mode] ?? mode }),
  },
  'instance.repairMirror': null,
  'instance.activateDisks': null,
  'instance.deactivateDisks': null,
  'node.join': { name: 'node-add', code: 'OP_NODE_ADD' },
  'node.check': null,
  'node.remove': { name: 'node-remove', code: 'OP_NODE_REMOVE' },
  'node.setOffline': modifyNode,
  'node.fence': modifyNode,
  'node.setOnline': modifyNode,
  'node.removeVolume': null,
  'node.runCommand': null,
  'node.putFile': null,
  // Its hook is part of it: what the scripts find is among the findings.
  'cluster.verify': null,
  'image.fetch': null,
  'instance.saveImage': null,
  'image.remove': null,
};

const replaceModes: Record<string, string> = {
  primary: 'replace_on_primary',
  secondary: 'replace_on_secondary',
  newSecondary: 'replace_new_secondary',
  auto: 'replace_auto',
};

/** As things are now; throws where its target is no more. */
export async function planHooks(ctx: Ctx, row: Row, raw: unknown): Promise<HookPlan> {
  const params = Params.parse(raw);
  const { name, code } = row;
  const about = params.instanceId
    ? await aboutInstance(ctx, params.instanceId)
    : await aboutNode(ctx, params.nodeId ?? '', name === 'node-modify');
  const env: HookEnv = {
    ...about.env,
    ...rolesOf(name, about.env),
    ...(await targetOf(ctx, name, params)),
    ...row.told?.(params),
    ...{ CLUSTER: about.cluster, MASTER: hostname(), DATA_DIR: '/var/lib/ganeti' },
    ...{ OP_CODE: code, OP_TARGET: about.target, OBJECT_TYPE: about.kind },
    ...{ HOOKS_PATH: name, HOOKS_VERSION: '2' },
  };
  const preNodes = name === 'instance-failover' ? about.nodes.slice(1) : about.nodes;
  const postNodes = name === 'node-add' ? [...about.nodes, params.nodeId ?? ''] : about.nodes;
  return { name, env, preNodes, postNodes: postNodes.filter(Boolean) };
}

/** Of what moves an instance to a node that was asked for; one that is chosen is not known yet. */
async function targetOf(ctx: Ctx, name: string, { nodeId }: z.infer<typeof Params>): Promise<HookEnv> {
  if (name !== 'instance-move' || !nodeId) return {};
  const node = await ctx.db.node.findUnique({ where: { id: nodeId }, select: { name: true } });
  return node ? { TARGET_NODE: node.name } : {};
}

/** Of what moves an instance to its other node. */
function rolesOf(
  name: string,
  { INSTANCE_PRIMARY: from = '', INSTANCE_SECONDARIES: to = '' }: HookEnv,
): HookEnv {
  if (name !== 'instance-failover' && name !== 'instance-migrate') return {};
  return { OLD_PRIMARY: from, NEW_PRIMARY: to, OLD_SECONDARY: to, NEW_SECONDARY: from };
}

async function aboutInstance(ctx: Ctx, id: string) {
  const instance = await readInstance(ctx.db, id);
  const { name, nodeId, secondaryId, clusterId } = instance;
  const cluster = await ctx.db.cluster.findUniqueOrThrow({
    where: { id: clusterId },
    select: { name: true },
  });
  const nodes = [nodeId, secondaryId].filter((one) => one !== null);
  return { kind: 'INSTANCE', target: name, cluster: cluster.name, nodes, env: toInstanceEnv(instance) };
}

/** Scripts on a node hear of changes to it; of who joins and leaves, those on all others. */
async function aboutNode(ctx: Ctx, nodeId: string, isModify: boolean) {
  const node = await ctx.db.node.findUniqueOrThrow({
    where: { id: nodeId },
    include: { cluster: { select: { name: true, nodes: { select: { id: true } } } } },
  });
  const all = node.cluster.nodes.map(({ id }) => id);
  const nodes = isModify ? [node.id] : all.filter((id) => id !== node.id);
  return { kind: 'NODE', target: node.name, cluster: node.cluster.name, nodes, env: toNodeEnv(node) };
}
