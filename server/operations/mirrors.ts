// What operations do with the mirrors of an instance: look at them, wait for them, and refuse what would run on stale data.
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@/contract/errors';
import { isMirrored, type MirrorStatus } from '@/contract/schemas/disk';
import { toNodeDisks } from './node-disks';
import { callAgent, type InstanceNode, onEach, type PlacedInstance } from './placed-instance';
import type { Ctx } from './services';

export const hasMirrors = ({ diskTemplate, disks }: PlacedInstance) =>
  diskTemplate === 'drbd' && disks.length > 0;

/** One status for each disk, in the order of their indexes. `connectedWithinMs`: waits for that, if not for longer. */
export async function lookAtMirrors(
  ctx: Ctx,
  node: InstanceNode,
  instance: PlacedInstance,
  how: { connectedWithinMs?: number } = {},
): Promise<MirrorStatus[]> {
  if (!hasMirrors(instance)) return [];
  const disks = toNodeDisks(instance, node.id);
  const { mirrors } = await callAgent(ctx, { node }, 'mirror.status', { disks, ...how });
  return disks.map(({ diskId }, index) => {
    const status = mirrors.find((mirror) => mirror.diskId === diskId);
    if (status) return status;
    throw new AppError('internal', `${node.name} does not tell about disk ${index} of ${instance.name}`);
  });
}

const pauseMs = { first: 20, most: 1_000 };
type Wait = {
  isDone(status: MirrorStatus): boolean;
  timeoutMs: number;
  what: string;
  /** Of a single look. */
  connectedWithinMs?: number;
};

/** Looks again and again until `isDone`; throws `timeout` with what was seen last. Progress is that of the slowest synchronisation. */
export async function untilMirrors(
  ctx: Ctx,
  { node, instance }: { node: InstanceNode; instance: PlacedInstance },
  { isDone, timeoutMs, what, connectedWithinMs }: Wait,
): Promise<MirrorStatus[]> {
  const giveUpAt = performance.now() + timeoutMs;
  for (let waitMs = pauseMs.first; ; waitMs = Math.min(waitMs * 1.5, pauseMs.most)) {
    const seen = await lookAtMirrors(ctx, node, instance, { connectedWithinMs });
    if (seen.every(isDone)) return seen;
    const shares = seen.flatMap(({ syncDone }) => syncDone ?? []);
    if (shares.length > 0) ctx.progress(Math.min(...shares));
    if (performance.now() > giveUpAt)
      throw new AppError(
        'timeout',
        `The mirrors of ${instance.name} did not become ${what}: ${describe(seen)}`,
      );
    await delay(waitMs, undefined, { signal: ctx.signal });
  }
}

const connectPatienceMs = 60_000;

/** Answers how they then are. */
export async function untilConnected(
  ctx: Ctx,
  node: InstanceNode,
  instance: PlacedInstance,
): Promise<MirrorStatus[]> {
  const isDone = (status: MirrorStatus) => status.connection === 'connected';
  const wait = { isDone, timeoutMs: connectPatienceMs, what: 'connected', connectedWithinMs: 10_000 };
  return untilMirrors(ctx, { node, instance }, wait);
}

/** Brings the devices up on these nodes, as far as they are not. */
export async function assembleOnAll(
  ctx: Ctx,
  instance: PlacedInstance,
  nodes: readonly InstanceNode[],
): Promise<void> {
  await onEach(nodes, async (node) => {
    for (const disk of toNodeDisks(instance, node.id)) await callAgent(ctx, { node }, 'disk.assemble', disk);
  });
}

/**
 * Brings mirrors up on all nodes that answer, and waits until they have met, so that each side knows whether the other one is newer. Only the
 * first node (where the instance is to run) must answer: without the other one it runs unmirrored, and the job's log says so.
 */
export async function bringUpMirrors(
  ctx: Ctx,
  { instance, nodes }: { instance: PlacedInstance; nodes: readonly InstanceNode[] },
): Promise<void> {
  const [first, ...others] = nodes;
  if (!first) return;
  await assembleOnAll(ctx, instance, [first]);
  const peers = others.filter(({ state }) => state === 'online');
  try {
    await assembleOnAll(ctx, instance, peers);
    if (peers.length > 0) await untilConnected(ctx, first, instance);
  } catch (error) {
    ctx.signal.throwIfAborted();
    const words = error instanceof Error ? error.message : String(error);
    ctx.log(`${instance.name} goes on without its mirror: ${words}`, 'warn');
  }
  for (const { name } of others.filter(({ state }) => state !== 'online'))
    ctx.log(`${instance.name} goes on without its mirror: ${name} is not online`, 'warn');
}

/** Connects sides that were just created. Two that were both zeroed hold the same; others are filled from the first node. */
export async function settleNewMirrors(
  ctx: Ctx,
  {
    instance,
    nodes,
    how,
  }: { instance: PlacedInstance; nodes: readonly InstanceNode[]; how: 'inSync' | 'thisSide' },
): Promise<void> {
  const [first] = nodes;
  if (!first) return;
  await assembleOnAll(ctx, instance, nodes);
  await untilConnected(ctx, first, instance);
  for (const disk of toNodeDisks(instance, first.id))
    await callAgent(ctx, { node: first }, 'mirror.settle', { ...disk, how });
}

/** A resync goes on as long as it gets on; this only bounds how long a silent one is waited for. */
const syncPatienceMs = 24 * 3_600_000;

export async function untilInSync(ctx: Ctx, node: InstanceNode, instance: PlacedInstance): Promise<void> {
  const wait = { isDone: isMirrored, timeoutMs: syncPatienceMs, what: 'equal' };
  await untilMirrors(ctx, { node, instance }, wait);
}

/** Refuses where this node's side is not the whole and newest data. */
export function requireUpToDate(instance: PlacedInstance, node: InstanceNode, seen: MirrorStatus[]): void {
  const stale = seen.findIndex(({ diskState }) => diskState !== 'upToDate');
  if (stale < 0) return;
  throw new AppError(
    'wrong_state',
    `Disk ${stale} of ${instance.name} is not up to date on ${node.name}: ${describe(seen.slice(stale, stale + 1))}`,
    { details: { mirrors: seen } },
  );
}

export function requireMirrored(instance: PlacedInstance, node: InstanceNode, seen: MirrorStatus[]): void {
  const broken = seen.findIndex((status) => !isMirrored(status));
  if (broken < 0) return;
  throw new AppError(
    'wrong_state',
    `Disk ${broken} of ${instance.name} is not mirrored completely, as ${node.name} sees it: ${describe(seen.slice(broken, broken + 1))}`,
    { details: { mirrors: seen } },
  );
}

export function describe(seen: MirrorStatus[]): string {
  return seen
    .map(({ connection, diskState, peerDiskState, syncDone }) => {
      const synced = syncDone === null ? '' : `, ${Math.floor(syncDone * 100)} % synchronised`;
      return `${connection}, ${diskState} here, ${peerDiskState} there${synced}`;
    })
    .join('; ');
}
