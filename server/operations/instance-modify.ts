// Changes what an instance is made of. What a running machine can take is given to it at once; for the rest it is written down what the machine
// was made of until its next start, so that pages can say what waits for it.
import { z } from 'zod';
import { AppError } from '@/contract/errors';
import { BridgeName, DiskName, Id, MacAddress } from '@/contract/names';
import { DiskMode } from '@/contract/schemas/disk';
import { HvParamsOverride } from '@/contract/schemas/hv-params';
import { NicMode } from '@/contract/schemas/instance';
import { DiskChange } from '@/contract/schemas/instance-actions';
import { MemoryMiB, Vcpus } from '@/contract/units';
import type { Tx } from '../db/client';
import { operation, step } from '../jobs/operation';
import { powerChargeOf } from '../quotas/charge';
import { giveBack } from '../quotas/ledger';
import { isCdAsConfigured } from './cd-in-drive';
import { defineOnAll } from './define-on-all';
import { lookAtInstance, needOutput } from './look-at-instance';
import { toDefinition } from './node-disks';
import { seenBy } from './observed-state';
import { changeInstance } from '../db/instance-state';
import { callAgent, readInstance, readPlaced, requireReady } from './placed-instance';
import type { Ctx } from './services';

const NewNic = z.object({
  ...{ id: Id, index: z.number().int(), mode: NicMode, link: BridgeName.nullable(), mac: MacAddress },
});
const NamedDisk = z.object({ id: Id, name: DiskName.nullable(), mode: DiskMode });
const Shape = z.object({ vcpus: Vcpus, memoryMiB: MemoryMiB, minMemoryMiB: MemoryMiB.nullable() });
const Params = Shape.partial().extend({
  instanceId: Id,
  runtimeMemoryMiB: MemoryMiB.optional(),
  hvParams: HvParamsOverride.optional(),
  addNics: z.array(NewNic).default([]),
  removeNicIds: z.array(Id).default([]),
  disks: z.array(DiskChange).default([]),
});
type Params = z.infer<typeof Params>;

/** What is not said stays. */
async function changeDisks(tx: Tx, instanceId: string, disks: readonly DiskChange[]): Promise<void> {
  for (const { id, name, mode } of disks)
    await tx.disk.updateMany({ where: { id, instanceId }, data: { name, mode } });
}

/** While they still are in the definition, as the agent asks. */
const unplugNics = step('unplug-nics', {
  when: ({ removeNicIds }: Params) => removeNicIds.length > 0,
  async do(ctx: Ctx, { instanceId, removeNicIds }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const there = instance.nics.filter(({ id }) => removeNicIds.includes(id));
    for (const { id: nicId } of there)
      await callAgent(ctx, { node }, 'instance.unplugNic', { instanceId, nicId });
  },
  async undo(ctx: Ctx, { instanceId, removeNicIds }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const there = instance.nics.filter(({ id }) => removeNicIds.includes(id));
    for (const { id: nicId } of there)
      await callAgent(ctx, { node }, 'instance.plugNic', { instanceId, nicId });
  },
});

/** What it was is looked at before, in a step of its own: a repeated change would only find what it had changed itself. */
const look = step('look', {
  async do(ctx: Ctx, { instanceId }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const { isRunning } = await lookAtInstance(ctx, node, instanceId);
    const { vcpus, memoryMiB, minMemoryMiB } = instance;
    return {
      ...{ vcpus, memoryMiB, minMemoryMiB },
      hvParams: HvParamsOverride.parse(instance.hvParams),
      nics: z.array(NewNic).parse(instance.nics),
      disks: z.array(NamedDisk).parse(instance.disks),
      machine: instance.machine,
      running: isRunning ? await callAgent(ctx, { node }, 'instance.machine', { instanceId }) : null,
    };
  },
});

const record = step('record-configuration', {
  async do(ctx: Ctx, params: Params) {
    const { instanceId, vcpus, memoryMiB, minMemoryMiB, hvParams, addNics, removeNicIds } = params;
    const before = needOutput(ctx, look);
    await ctx.change(async (tx, announce) => {
      await tx.nic.deleteMany({ where: { instanceId, id: { in: removeNicIds } } });
      for (const nic of addNics)
        await tx.nic.upsert({ where: { id: nic.id }, create: { instanceId, ...nic }, update: {} });
      await changeDisks(tx, instanceId, params.disks);
      const { ownerId } = await tx.instance.update({
        where: { id: instanceId },
        data: { vcpus, memoryMiB, minMemoryMiB, hvParams, machine: before.running ?? undefined },
      });
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
    await defineOnAll(ctx, instanceId);
  },
  async undo(ctx: Ctx, { instanceId }: Params) {
    const before = ctx.output(look);
    if (!before) return;
    const { vcpus, memoryMiB, minMemoryMiB, hvParams, nics, disks, machine } = before;
    await ctx.change(async (tx, announce) => {
      await tx.nic.deleteMany({ where: { instanceId } });
      await tx.nic.createMany({ data: nics.map((nic) => ({ instanceId, ...nic })) });
      await changeDisks(tx, instanceId, disks);
      const { ownerId } = await tx.instance.update({
        where: { id: instanceId },
        data: { vcpus, memoryMiB, minMemoryMiB, hvParams, ...(machine !== null && { machine }) },
      });
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
    await defineOnAll(ctx, instanceId);
  },
});

const plugNics = step('plug-nics', {
  when: ({ addNics }: Params) => addNics.length > 0,
  async do(ctx: Ctx, { instanceId, addNics }: Params) {
    const { node } = await readPlaced(ctx, instanceId);
    for (const { id: nicId } of addNics)
      await callAgent(ctx, { node }, 'instance.plugNic', { instanceId, nicId });
  },
  async undo(ctx: Ctx, { instanceId, addNics }: Params) {
    const { instance, node } = await readPlaced(ctx, instanceId);
    const known = addNics.filter(({ id }) => instance.nics.some((nic) => nic.id === id));
    for (const { id: nicId } of known)
      await callAgent(ctx, { node }, 'instance.unplugNic', { instanceId, nicId });
  },
});

const applyLive = step('apply-at-once', {
  when: ({ runtimeMemoryMiB, hvParams }: Params) => runtimeMemoryMiB !== undefined || hvParams !== undefined,
  async do(ctx: Ctx, { instanceId, runtimeMemoryMiB }: Params) {
    const { running } = needOutput(ctx, look);
    if (!running) return;
    const { instance, node } = await readPlaced(ctx, instanceId);
    const definition = toDefinition(instance, node.id);
    if (!isCdAsConfigured(running.hvParams.cdrom, definition))
      await callAgent(ctx, { node }, 'instance.changeCd', { instanceId, iso: definition.hvParams.cdrom });
    if (runtimeMemoryMiB === undefined) return;
    if (runtimeMemoryMiB > running.memoryMiB)
      throw new AppError(
        'invalid',
        `${instance.name} was started with ${running.memoryMiB} MiB: more needs a restart`,
      );
    const observed = await callAgent(ctx, { node }, 'instance.balloon', {
      instanceId,
      memoryMiB: runtimeMemoryMiB,
    });
    await ctx.change(async (tx, announce) => {
      const { ownerId } = await changeInstance(tx, instanceId, (one) => seenBy(one, observed));
      announce({ kind: 'instance', id: instanceId, ownerId });
    });
  },
});

/** What it needs less than before is given back; what it needs more was reserved when the job was accepted. */
const settleQuota = step('give-back', {
  cancelable: false,
  async do(ctx: Ctx, { instanceId }: Params) {
    const before = needOutput(ctx, look);
    await ctx.change(async (tx) => {
      const instance = await readInstance(tx, instanceId);
      const { ownerId, clusterId, policy } = instance;
      if (policy === 'running' && instance.adminState !== 'up') return;
      const power = powerChargeOf({ ...instance, ...before }, 'running');
      const amounts = {
        ...{ instances: 0, diskMiB: 0 },
        vcpus: Math.max(0, power.vcpus - instance.vcpus),
        memoryMiB: Math.max(0, power.memoryMiB - instance.memoryMiB),
      };
      await giveBack(tx, { ownerId, clusterId, instanceId, jobId: ctx.jobId, amounts });
    });
  },
});

export const instanceModify = operation({
  name: 'instance.modify',
  params: Params,
  locks: ({ instanceId }) => ({ instance: [instanceId] }),
  check: (ctx: Ctx, { instanceId }) => requireReady(ctx, instanceId, 'change'),
  steps: [look, unplugNics, record, plugNics, applyLive, settleQuota],
});
