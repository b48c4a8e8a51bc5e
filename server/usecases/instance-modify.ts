// Changing what an instance is made of, within its owner's quota and what its cluster offers.
import { AppError } from '@/contract/errors';
import { fieldMessages } from '@/contract/field-messages';
import { HypervisorKind, isXen } from '@/contract/hypervisor-kind';
import type { Accepted } from '@/contract/schemas/common';
import { foreignParams } from '@/contract/schemas/hv-kinds';
import { contradictionsIn, HvParamsOverride, operatorHvParams } from '@/contract/schemas/hv-params';
import type { InstanceModify } from '@/contract/schemas/instance-actions';
import { limits } from '@/contract/units';
import { authorize, type Ctx } from '../auth/authorize';
import type { Json, Tx } from '../db/client';
import { hvParamColumns, resolvedParams } from '../db/hv-params';
import { isOperator } from '../db/viewer';
import { noAmounts } from '../quotas/charge';
import { requireDiskSense } from './disk-changes';
import { requireNetworks } from './instance-offer';
import { instanceTarget } from './instances';
import { invalidField } from './invalid-field';
import { newNics } from './new-nics';
import { type LockedInstance, order } from './order-job';

type Wish = { id: string } & InstanceModify;

export async function modifyInstance(ctx: Ctx, { id, ...wish }: Wish): Promise<Accepted> {
  const actor = await authorize(ctx, 'instance.modify', await instanceTarget(ctx.db, id));
  if (!isOperator(actor)) requireOwnersParams(wish);
  const { addNics, ...params } = wish;
  return order(ctx, {
    ...{ action: 'modify', access: 'instance.modify', operation: 'instance.modify', id },
    params: stripUndefined(params),
    details: { addedNics: addNics.length },
    check: (instance) => requireSense(instance, wish),
    charge: (instance, policy) =>
      policy === 'running' && instance.adminState !== 'up' ? noAmounts : growthOf(instance, wish),
    prepare: async (tx, instance) => {
      await requireDiskSense(tx, instance, wish);
      const kept = isOperator(actor) ? {} : await keepOperatorsParams(tx, id, wish);
      await requireConsistent(tx, instance, { ...wish, ...kept });
      return { addNics: await chooseNics(tx, instance, { wish, isOperator: isOperator(actor) }), ...kept };
    },
  });
}

/** What names files of nodes, or changes what a node hands out, is not for customers. */
function requireOwnersParams({ hvParams }: InstanceModify): void {
  const forbidden = operatorHvParams.find((key) => hvParams?.[key] !== undefined);
  if (forbidden) throw new AppError('forbidden', `Only operators may set ${forbidden}`);
}

/** What operators set stays as it is: its owner does not see it, and so cannot send it again. */
async function keepOperatorsParams(
  tx: Tx,
  id: string,
  { hvParams }: InstanceModify,
): Promise<{ hvParams?: HvParamsOverride }> {
  if (!hvParams) return {};
  const row = await tx.instance.findUniqueOrThrow({ where: { id }, select: { hvParams: true } });
  const stored = Object.entries(HvParamsOverride.parse(row.hvParams));
  const kept = stored.filter(([key]) => operatorHvParams.some((each) => each === key));
  return { hvParams: HvParamsOverride.parse(stripUndefined({ ...Object.fromEntries(kept), ...hvParams })) };
}

/** Of what is inherited and what is wished for together: the machine could not be built at its next start. What was so before is not held against it. */
async function requireConsistent(
  tx: Tx,
  { id, vcpus, disks, diskTemplate }: LockedInstance,
  wish: Pick<InstanceModify, 'hvParams' | 'vcpus'>,
): Promise<void> {
  if (wish.hvParams === undefined && wish.vcpus === undefined) return;
  const row = await tx.instance.findUniqueOrThrow({ where: { id }, select: hvParamColumns });
  const contradictions = (cpus: number, own?: HvParamsOverride) => {
    const machine = { vcpus: cpus, disks: disks.length, isMirrored: diskTemplate === 'drbd' };
    return contradictionsIn(resolvedParams(row, own), machine);
  };
  const known = contradictions(vcpus).map(({ param }) => param);
  const found = contradictions(wish.vcpus ?? vcpus, wish.hvParams);
  const added = found.find(({ param }) => !known.includes(param));
  if (added)
    throw invalidField(wish.hvParams === undefined ? ['vcpus'] : ['hvParams', added.param], added.words);
}

function requireSense(instance: LockedInstance, wish: InstanceModify): void {
  const [foreign] = foreignParams(HypervisorKind.parse(instance.hypervisor), wish.hvParams ?? {});
  if (foreign) throw invalidField(['hvParams', foreign], fieldMessages.foreignParam);
  const user = wish.addNics.findIndex(({ mode }) => mode === 'user');
  if (user >= 0 && isXen(HypervisorKind.parse(instance.hypervisor)))
    throw invalidField(['addNics', user, 'mode'], fieldMessages.xenUserNic);
  const memoryMiB = wish.memoryMiB ?? instance.memoryMiB;
  const minMiB = (wish.minMemoryMiB === undefined ? instance.minMemoryMiB : wish.minMemoryMiB) ?? memoryMiB;
  if (minMiB > memoryMiB) throw invalidField(['minMemoryMiB'], fieldMessages.minMemory);
  const { runtimeMemoryMiB: wanted } = wish;
  if (wanted !== undefined && (wanted < minMiB || wanted > memoryMiB))
    throw invalidField(['runtimeMemoryMiB'], fieldMessages.runtimeMemory);
  const unknown = wish.removeNicIds.find((id) => !instance.nics.some((nic) => nic.id === id));
  if (unknown) throw new AppError('not_found', `${instance.name} does not have this NIC`);
  const left = instance.nics.length - wish.removeNicIds.length + wish.addNics.length;
  if (left > limits.nics) throw new AppError('invalid', `An instance has at most ${limits.nics} NICs`);
}

function growthOf(instance: LockedInstance, { vcpus, memoryMiB }: InstanceModify) {
  return {
    ...noAmounts,
    vcpus: Math.max(0, (vcpus ?? 0) - instance.vcpus),
    memoryMiB: Math.max(0, (memoryMiB ?? 0) - instance.memoryMiB),
  };
}

async function chooseNics(
  tx: Tx,
  instance: LockedInstance,
  { wish, isOperator: mayUseAll }: { wish: InstanceModify; isOperator: boolean },
): Promise<Json> {
  const { addNics, removeNicIds } = wish;
  const cluster = await tx.cluster.findUniqueOrThrow({ where: { id: instance.clusterId } });
  if (!mayUseAll) requireNetworks(cluster, { nics: addNics });
  const taken = instance.nics.filter(({ id }) => !removeNicIds.includes(id)).map(({ index }) => index);
  return newNics(addNics, taken);
}

/** Parameters travel as JSON, which has no undefined. */
function stripUndefined(params: object): { [name: string]: Json } {
  return JSON.parse(JSON.stringify(params));
}
