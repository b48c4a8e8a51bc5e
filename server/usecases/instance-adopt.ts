// Accepting to take over a machine that runs on a node: what the node told of it last is what is written down, and the job looks again whether it
// still is so.
import { AppError } from '@/contract/errors';
import type { Accepted } from '@/contract/schemas/common';
import type { DomainTakeOver, ForeignDomain } from '@/contract/schemas/domain';
import { defaultsOf } from '@/contract/schemas/hv-kinds';
import { HvParamsOverride } from '@/contract/schemas/hv-params';
import type { Actor } from '../auth/actor';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { recordAudit } from '../db/audit';
import type { Tx } from '../db/client';
import { inheritedParams } from '../db/hv-params';
import { parseFacts } from '../db/nodes';
import { isDuplicate, transact } from '../db/transact';
import { publish } from '../events/publish';
import { submitJob } from '../jobs/submit';
import { lockQuota } from '../quotas/accounts';
import { chargeOf } from '../quotas/charge';
import { reserve } from '../quotas/ledger';
import { requireFreeName, requireOwner } from './instance-create';

type Wish = DomainTakeOver & { id: string; domainId: string; ownerId: string };

const attempts = 3;

export async function adoptInstance(
  ctx: Ctx,
  input: DomainTakeOver & { id: string; domainId: string },
): Promise<Accepted> {
  const actor = await authorize(ctx, 'instance.adopt');
  const wish = { ...input, ownerId: input.ownerId ?? actor.userId };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await transact(ctx.db, (tx) => accept(tx, wish, actor));
    } catch (error) {
      // Somebody else was quicker, which the next attempt says kindly.
      if (attempt >= attempts || !isDuplicate(error)) throw error;
    }
  }
}

async function accept(tx: Tx, wish: Wish, actor: Actor): Promise<Accepted> {
  const { id: nodeId, domainId: instanceId, name, ownerId, exceedQuota: exceed } = wish;
  const node = await tx.node.findUnique({ where: { id: nodeId }, include: { cluster: true } });
  if (!node) throw notFound({ kind: 'node', id: nodeId });
  const { clusterId } = node;
  const policy = await lockQuota(tx, { ownerId, clusterId });
  await requireOwner(tx, ownerId);
  const domain = findDomain(node, instanceId);
  await requireFreeName(tx, { name, clusterId });
  await requireTakeable(tx, { node, domain });
  const diskTemplate = domain.disks.length > 0 ? 'plain' : 'diskless';
  const hvParams = { ...whatItLeavesOut(domain, node.cluster), ...domain.hvParams };
  await insertInstance(tx, { wish, clusterId, domain: { ...domain, hvParams }, diskTemplate });
  const target = { kind: 'instance', id: instanceId, name } as const;
  const jobId = await submitJob(tx, {
    ...{ operation: 'instance.adopt', target, clusterId, ownerId, createdById: actor.userId },
    params: { instanceId, nodeId, domain },
  });
  const disksMiB = domain.disks.map(({ sizeMiB }) => sizeMiB ?? 0);
  const amounts = chargeOf({ ...domain, disksMiB, diskTemplate }, policy, true);
  await reserve(tx, { ownerId, clusterId, instanceId, jobId, amounts, exceed });
  await recordAudit(tx, {
    ...{ action: 'instance.adopt', outcome: 'accepted', actor, address: actor.address },
    ...{ target, ownerId, jobId, details: { nodeId, domain: domain.name, ...(exceed && { exceed }) } },
  });
  await publish(tx, { kind: 'instance', id: instanceId, ownerId }, { kind: 'cluster', id: clusterId });
  return { jobId, instanceId };
}

type NodeRow = {
  name: string;
  state: string;
  facts: unknown;
  cluster: { name: string; hypervisors: string[]; diskTemplates: string[]; hvParams: unknown };
};

/** As the node told of it last. */
function findDomain({ name, state, facts }: NodeRow, id: string): ForeignDomain {
  if (state !== 'online')
    throw new AppError('wrong_state', `Cannot take over what runs on ${name}: it is ${state}`);
  const domain = parseFacts(facts)?.domains?.find((one) => one.id === id);
  if (domain) return domain;
  throw new AppError('not_found', `${name} tells of no such machine that is not an instance`);
}

async function requireTakeable(
  tx: Tx,
  { node, domain }: { node: NodeRow; domain: ForeignDomain },
): Promise<void> {
  const { cluster } = node;
  const refuse = (why: string) => new AppError('wrong_state', `Cannot take ${domain.name} over: ${why}`);
  if (domain.problem !== null) throw refuse(domain.problem);
  if (!cluster.hypervisors.includes(domain.hypervisor))
    throw refuse(`cluster ${cluster.name} does not offer ${domain.hypervisor}`);
  if (domain.disks.length > 0 && !cluster.diskTemplates.includes('plain'))
    throw refuse(`cluster ${cluster.name} does not offer plain disks`);
  const known = await tx.instance.findUnique({ where: { id: domain.id }, select: { name: true } });
  if (known) throw refuse(`instance ${known.name} has the same id`);
  const macs = domain.nics.map(({ mac }) => mac);
  const taken = await tx.nic.findFirst({ where: { mac: { in: macs } }, include: { instance: true } });
  if (taken) throw refuse(`${taken.instance.name} has its MAC address ${taken.mac}`);
}

/** Its machine is without what the cluster sets for others, and stays so after its next start. */
function whatItLeavesOut({ hypervisor }: ForeignDomain, cluster: { hvParams: unknown }): HvParamsOverride {
  const inherited = inheritedParams({ hypervisor, cluster });
  const { userShutdown: _, ...usual } = defaultsOf(hypervisor);
  return HvParamsOverride.parse(
    Object.fromEntries(Object.entries(usual).filter(([name]) => name in inherited)),
  );
}

type Insertion = { wish: Wish; clusterId: string; domain: ForeignDomain; diskTemplate: string };

async function insertInstance(tx: Tx, { wish, clusterId, domain, diskTemplate }: Insertion): Promise<void> {
  const { name, ownerId, id: nodeId } = wish;
  const { id, hypervisor, vcpus, memoryMiB, hvParams, disks, nics } = domain;
  await tx.instance.create({
    data: {
      ...{ id, name, clusterId, ownerId, nodeId, hypervisor, os: { kind: 'none' }, hvParams },
      ...{ vcpus, memoryMiB, diskTemplate },
      disks: {
        create: disks.map(({ index, sizeMiB, mode, volume }) => ({
          ...{ index: index ?? 0, sizeMiB: sizeMiB ?? 0, mode, vg: volume?.vg },
        })),
      },
      nics: { create: nics.map(({ mac, bridge }, index) => ({ index, mode: 'bridged', link: bridge, mac })) },
    },
    select: { id: true },
  });
}
