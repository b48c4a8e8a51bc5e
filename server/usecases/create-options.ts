// What the create form offers to the one who asks: per cluster what its online nodes have, how much fits on one of them now, and the owner's quota.
import type { CreateOffer, CreateOptions } from '@/contract/schemas/cluster';
import { DiskTemplate } from '@/contract/schemas/disk';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import type { ImageOffer } from '@/contract/schemas/image';
import { offersImages, type OsOffer } from '@/contract/schemas/node';
import { agreedScripts } from '@/contract/schemas/os-script';
import type { Quota } from '@/contract/schemas/quota';
import { limits } from '@/contract/units';
import { authorize, notFound, type Ctx } from '../auth/authorize';
import { loadImageOffers } from '../db/images';
import { loadNodeSnapshots, type ClusterNode } from '../db/nodes';
import { isOperator } from '../db/viewer';
import { largestDisk, memoryOn } from '../placement/room';
import { readQuotasOf } from '../quotas/limits';

export async function getCreateOptions(ctx: Ctx, { ownerId }: { ownerId?: string }): Promise<CreateOptions> {
  const actor = await authorize(ctx, 'instance.create');
  if (ownerId && ownerId !== actor.userId) await authorize(ctx, 'instance.createFor');
  const owner = await ctx.db.user.findUnique({
    where: { id: ownerId ?? actor.userId },
    select: { id: true },
  });
  if (!owner) throw notFound({ kind: 'user', id: ownerId ?? actor.userId });
  const [clusters, nodes, quotas, images, owners] = await Promise.all([
    ctx.db.cluster.findMany({ orderBy: { name: 'asc' } }),
    loadNodeSnapshots(ctx.db),
    readQuotasOf(ctx.db, owner.id),
    loadImageOffers(ctx.db, actor),
    ctx.db.user.findMany({
      where: { disabled: false, id: isOperator(actor) ? undefined : actor.userId },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
    }),
  ]);
  const offers = clusters.flatMap((cluster) => {
    const quota = quotas.find((row) => row.cluster.id === cluster.id);
    const own = nodes.filter((node) => node.clusterId === cluster.id);
    const forOperator = isOperator(actor);
    const ofCluster = images.get(cluster.id) ?? [];
    return quota ? [offerOf({ cluster, quota, nodes: own, images: ofCluster, forOperator })] : [];
  });
  return { clusters: offers, owners };
}

type Source = {
  cluster: {
    id: string;
    name: string;
    hypervisors: string[];
    diskTemplates: string[];
    bridges: string[];
    userNetwork: boolean;
  };
  quota: Quota;
  nodes: ClusterNode[];
  images: ImageOffer[];
  /** Operators may use every network, and see the nodes. */
  forOperator: boolean;
};

function offerOf({ cluster, quota, nodes, images, forOperator }: Source): CreateOffer {
  const usable = nodes.filter((node) => node.state === 'online' && !node.drained);
  const largest = (of: (node: ClusterNode) => number) => Math.max(0, ...usable.map(of));
  return {
    cluster: { id: cluster.id, name: cluster.name },
    hypervisors: HypervisorKind.options.filter(
      (kind) => cluster.hypervisors.includes(kind) && usable.some((node) => node.hypervisors.includes(kind)),
    ),
    diskTemplates: DiskTemplate.options.filter(
      (kind) =>
        cluster.diskTemplates.includes(kind) && usable.some((node) => node.diskTemplates.includes(kind)),
    ),
    oses: mergeOses(
      usable.flatMap((node) => node.oses),
      forOperator,
    ),
    isos: distinct(usable.flatMap((node) => node.isos)),
    scripts: agreedScripts(usable.map((node) => node.scripts)),
    images: usable.some((node) => offersImages(node.oses)) ? images : [],
    bridges: distinct(usable.flatMap((node) => node.bridges)).filter(
      (bridge) => forOperator || cluster.bridges.includes(bridge),
    ),
    userNetwork: forOperator || cluster.userNetwork,
    largestMemoryMiB: largest((node) => memoryOn(node).startMiB),
    largestDiskMiB: Object.fromEntries(
      DiskTemplate.options.map((template) => [template, largest((node) => largestDisk(node, template))]),
    ),
    mostVcpus: Math.min(
      limits.vcpus.max,
      largest((node) => node.vcpus.threads),
    ),
    nodes: forOperator ? nodes.map(nodeOffer) : null,
    quota,
  };
}

function nodeOffer(node: ClusterNode) {
  const { id, name, state, drained } = node;
  const freeDiskMiB = Object.fromEntries(
    DiskTemplate.options.map((template) => [template, largestDisk(node, template)]),
  );
  const scripts = agreedScripts([node.scripts]);
  return { id, name, state, drained, freeMemoryMiB: memoryOn(node).startMiB, freeDiskMiB, scripts };
}

const best: OsOffer['state'][] = ['ready', 'preparing', 'failed'];

/** One of each kind: an OS that is ready somewhere is ready. Why it failed is for those who may see nodes. */
function mergeOses(offers: OsOffer[], showsDetail: boolean): OsOffer[] {
  const sorted = [...offers].sort((a, b) => best.indexOf(a.state) - best.indexOf(b.state));
  return distinct(sorted.map((offer) => offer.kind)).flatMap((kind) => {
    const offer = sorted.find((candidate) => candidate.kind === kind);
    return offer ? [{ ...offer, detail: showsDetail ? offer.detail : null }] : [];
  });
}

function distinct<T extends string>(values: T[]): T[] {
  return [...new Set(values)].sort();
}
