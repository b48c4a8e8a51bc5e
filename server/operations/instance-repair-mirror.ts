// Ends a split brain of one disk: somebody has chosen the side to keep, the other one is overwritten with it. What that one held is kept as a
// snapshot first. A running instance goes on, on the side that is kept. From `connect` on there is no way back but the snapshot.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { keptSideName } from '@/contract/kept-side';
import { Id } from '@/contract/names';
import { isMirrored, type MirrorStatus, type NodeDisk } from '@/contract/schemas/disk';
import { storeMirrorStatuses } from '../db/mirror-status';
import { operation, step } from '../jobs/operation';
import { lookAtInstance } from './look-at-instance';
import { describe, lookAtMirrors, untilMirrors } from './mirrors';
import { toNodeDisks } from './node-disks';
import {
  callAgent,
  type InstanceNode,
  onEach,
  type PlacedInstance,
  readMirrored,
  requireReady,
} from './placed-instance';
import type { Ctx } from './services';

const Params = z.object({ instanceId: Id, diskId: Id, keepNodeId: Id });
type Params = z.infer<typeof Params>;

/** Refused where nothing contradicts, and where the side to be overwritten is in use. */
const look = step('look', {
  async do(ctx: Ctx, params: Params) {
    const { instance, kept, lost, index } = await readSides(ctx, params);
    const cannot = `Cannot repair disk ${index} of ${instance.name}`;
    const away = [kept, lost].find(({ state }) => state !== 'online');
    if (away) throw new AppError('wrong_state', `${cannot}: ${away.name} is ${away.state}`);
    const seen = [await statusOn(ctx, kept, params), await statusOn(ctx, lost, params)];
    if (!seen.some(({ splitBrain }) => splitBrain))
      throw new AppError(
        'wrong_state',
        `${cannot}: its sides do not contradict each other (${describe(seen)})`,
      );
    if ((await lookAtInstance(ctx, lost, instance.id)).isRunning)
      throw new AppError(
        'busy',
        `${cannot}: ${instance.name} runs on ${lost.name}, whose side would be overwritten. Stop it there first`,
      );
  },
});

const keepSnapshot = step('keep-snapshot', {
  async do(ctx: Ctx, params: Params) {
    const { lost } = await readSides(ctx, params);
    const disk = await diskOn(ctx, lost, params);
    const name = keptSideName(params.diskId, ctx.jobId);
    const { volume } = await callAgent(ctx, { node: lost }, 'mirror.snapshot', { ...disk, name });
    ctx.log(`What ${lost.name} held is kept there as ${volume}`);
    return { volume };
  },
});

/** Where it was left open by what does not run any more. */
const closeSide = step('close-side', {
  async do(ctx: Ctx, params: Params) {
    const { lost } = await readSides(ctx, params);
    const disk = await diskOn(ctx, lost, params);
    await callAgent(ctx, { node: lost }, 'disk.close', disk);
  },
});

const connect = step('connect-mirrors', {
  cancelable: false,
  async do(ctx: Ctx, params: Params) {
    const { kept, lost } = await readSides(ctx, params);
    if ((await statusOn(ctx, lost, params)).connection === 'connected') return;
    const loser = await diskOn(ctx, lost, params);
    await callAgent(ctx, { node: lost }, 'mirror.connect', { ...loser, wish: 'discardLocal' });
    const winner = await diskOn(ctx, kept, params);
    await callAgent(ctx, { node: kept }, 'mirror.connect', { ...winner, wish: 'usual' });
  },
});

const patienceMs = { connect: 60_000, sync: 24 * 3_600_000 };

const synchronise = step('synchronise', {
  cancelable: false,
  async do(ctx: Ctx, params: Params) {
    const { instance, kept, lost } = await readSides(ctx, params);
    const ofDisk = (isDone: (status: MirrorStatus) => boolean) => (status: MirrorStatus) =>
      status.diskId !== params.diskId || isDone(status);
    const isMet = ofDisk(({ connection }) => connection === 'connected');
    const at = { node: kept, instance };
    await untilMirrors(ctx, at, { isDone: isMet, timeoutMs: patienceMs.connect, what: 'connected' });
    await untilMirrors(ctx, at, { isDone: ofDisk(isMirrored), timeoutMs: patienceMs.sync, what: 'equal' });
    await recordSeen(ctx, instance, [kept, lost]);
  },
});

export const instanceRepairMirror = operation({
  name: 'instance.repairMirror',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  async check(ctx: Ctx, params: Params) {
    await requireReady(ctx, params.instanceId, 'repair a mirror of');
    await readSides(ctx, params);
  },
  steps: [look, keepSnapshot, closeSide, connect, synchronise],
});

type Sides = { instance: PlacedInstance; kept: InstanceNode; lost: InstanceNode; index: number };

async function readSides(ctx: Ctx, { instanceId, diskId, keepNodeId }: Params): Promise<Sides> {
  const { instance, node, secondary } = await readMirrored(ctx, instanceId);
  const disk = instance.disks.find(({ id }) => id === diskId);
  if (!disk) throw new AppError('not_found', `${instance.name} does not have this disk`);
  const { index } = disk;
  if (keepNodeId === node.id) return { instance, kept: node, lost: secondary, index };
  if (keepNodeId === secondary.id) return { instance, kept: secondary, lost: node, index };
  throw new AppError('invalid', `The side to keep is on neither node of ${instance.name}`);
}

async function diskOn(ctx: Ctx, node: InstanceNode, { instanceId, diskId }: Params): Promise<NodeDisk> {
  const { instance } = await readMirrored(ctx, instanceId);
  const disk = toNodeDisks(instance, node.id).find((one) => one.diskId === diskId);
  if (disk) return disk;
  throw new AppError('not_found', `${instance.name} does not have this disk any more`);
}

async function statusOn(ctx: Ctx, node: InstanceNode, params: Params): Promise<MirrorStatus> {
  const disk = await diskOn(ctx, node, params);
  const { mirrors } = await callAgent(ctx, { node }, 'mirror.status', { disks: [disk] });
  const [status] = mirrors;
  if (status) return status;
  throw new AppError('internal', `${node.name} does not tell about the disk`);
}

/** Sooner than the nodes tell by themselves, so that a page does not offer the repair again. */
async function recordSeen(ctx: Ctx, instance: PlacedInstance, nodes: InstanceNode[]): Promise<void> {
  await onEach(nodes, async (node) => {
    const seen = await lookAtMirrors(ctx, node, instance);
    await ctx.change(async (tx, announce) => {
      const changed = await storeMirrorStatuses(tx, node.id, seen);
      announce(...changed.map((one) => ({ kind: 'instance' as const, ...one })));
    });
  });
}
