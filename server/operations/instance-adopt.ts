// Makes an instance of a domain that somebody else made, while it runs on. Its row, disks, NICs and quota its acceptance has written already, from
// what the node had told; they are taken back when this does not succeed, and the domain is somebody else's again, as it was.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { Id } from '@/contract/names';
import { ForeignDomain } from '@/contract/schemas/domain';
import { changeInstance } from '../db/instance-state';
import { operation, step } from '../jobs/operation';
import { defineOnAll } from './define-on-all';
import { pairOf, toNodeDisk } from './node-disks';
import { seenBy } from './observed-state';
import { callAgent, findInstance, readPlaced } from './placed-instance';
import type { Ctx } from './services';

/** `domain`: as it was when this was accepted. Its id is the instance's. */
const Params = z.object({ instanceId: Id, nodeId: Id, domain: ForeignDomain });
type Params = z.infer<typeof Params>;

const look = step('look-at-domain', {
  async do(ctx: Ctx, { instanceId, domain }: Params) {
    const { node } = await readPlaced(ctx, instanceId);
    const now = await callAgent(ctx, { node }, 'domain.examine', { domainId: instanceId });
    const cannot = `Cannot take ${domain.name} over`;
    if (now.problem !== null) throw new AppError('wrong_state', `${cannot}: ${now.problem}`);
    if (madeOf(now) !== madeOf(domain))
      throw new AppError('wrong_state', `${cannot}: it has changed since ${node.name} told of it`);
  },
  // No undo: it only looks.
});

/** As text, without what may change at any time. */
const madeOf = (domain: ForeignDomain) =>
  JSON.stringify(ForeignDomain.parse({ ...domain, state: 'running' }));

const define = step('define', {
  async do(ctx: Ctx, { instanceId }: Params) {
    await defineOnAll(ctx, instanceId);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const { node } = await readPlaced(ctx, instanceId);
    await callAgent(ctx, { node }, 'instance.forget', { instanceId });
  },
});

/** Under their own names they are disks; the guest has them open all the while. */
const adoptVolumes = step('adopt-volumes', {
  when: ({ domain }: Params) => domain.disks.length > 0,
  async do(ctx: Ctx, params: Params) {
    const { node } = await readPlaced(ctx, params.instanceId);
    for (const disk of await disksOf(ctx, params))
      await callAgent(ctx, { node }, 'disk.adopt', { ...disk, inUse: true });
  },
  async undo(ctx: Ctx, params: Params) {
    const { node } = await readPlaced(ctx, params.instanceId);
    for (const disk of await disksOf(ctx, params)) await callAgent(ctx, { node }, 'disk.disown', disk);
  },
});

const takeOver = step('take-over', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    return callAgent(ctx, placed, 'instance.takeOver', { instanceId });
  },
  async undo(ctx: Ctx, { instanceId, domain: { name } }: Params) {
    const placed = await readPlaced(ctx, instanceId);
    await callAgent(ctx, placed, 'instance.letGo', { instanceId, name });
  },
});

const record = step('record', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId, nodeId }: Params) {
    const observed = ctx.output(takeOver);
    await ctx.change(async (tx, announce) => {
      const { ownerId, clusterId } = await changeInstance(tx, instanceId, (before) => ({
        ...{ lifecycle: 'ready', adminState: 'up' },
        ...(observed && seenBy(before, observed)),
      }));
      announce(
        { kind: 'instance', id: instanceId, ownerId },
        { kind: 'node', id: nodeId },
        { kind: 'cluster', id: clusterId },
      );
    });
  },
});

export const instanceAdopt = operation({
  name: 'instance.adopt',
  params: Params,
  locks: ({ instanceId, nodeId }) => ({ instance: [instanceId], node: { shared: [nodeId] } }),
  steps: [look, define, adoptVolumes, takeOver, record],
  abandon: async (tx, { instanceId }, { undone, announce }) => {
    const instance = await findInstance(tx, instanceId);
    if (!instance) return 'release';
    announce({ kind: 'cluster', id: instance.clusterId });
    if (undone) {
      await tx.instance.delete({ where: { id: instanceId } });
      return 'release';
    }
    // Something is left on the node: the instance stays, and is charged, until it is removed.
    await changeInstance(tx, instanceId, () => ({ lifecycle: 'ready', adminState: 'up' }));
    return 'keep';
  },
});

/** Each with the name of the volume that it is made of. */
async function disksOf(ctx: Ctx, { instanceId, domain }: Params) {
  const { instance, node } = await readPlaced(ctx, instanceId);
  return instance.disks.flatMap((disk) => {
    const volume = domain.disks.find(({ index }) => index === disk.index)?.volume;
    return volume ? [{ ...toNodeDisk(instance, disk, pairOf(instance, node.id)), volume: volume.name }] : [];
  });
}
