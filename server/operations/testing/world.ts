// What scenarios of operations play in: a database, simulated agents over real mutual TLS, and for each scenario a place of its own (cluster,
// owner, node), so that many can play side by side.
import { randomUUID } from 'node:crypto';
import type { OperationName } from '@/contract/operations';
import type { OsChoice } from '@/contract/schemas/instance';
import type { Amounts } from '@/contract/schemas/quota';
import type { ClusterNode, SimulatedCluster } from '../../agents/testing/simulated-cluster';
import type { Db, Json, Tx } from '../../db/client';
import type { ImageStore } from '../../images/image-store';
import { submitJob } from '../../jobs/submit';
import { untilEnded } from '../../jobs/testing/engine-on-database';
import { lockQuota } from '../../quotas/accounts';
import { chargeOf } from '../../quotas/charge';
import { reserve } from '../../quotas/ledger';
import { makeImageFile, openTestImages, waitingImage } from './image-world';

/** `node` is where instances are placed first; `nodes` are all of them. */
export type Place = {
  clusterId: string;
  ownerId: string;
  policy: 'all' | 'running';
  node: ClusterNode;
  nodes: ClusterNode[];
};

/** An instance whose disks are mirrored, on a place of several nodes. */
export const mirrored = { vcpus: 2, memoryMiB: 256, disksMiB: [64, 32], diskTemplate: 'drbd' } as const;
/** The same, on volumes of one node. */
export const onVolumes = { ...mirrored, diskTemplate: 'plain' } as const;
export const shape = { vcpus: 2, memoryMiB: 256, disksMiB: [64, 32], diskTemplate: 'simulated' } as const;

/** Of the simulated nodes. */
export const scriptedOs = {
  ...{ kind: 'script', name: 'debootstrap', variant: 'bookworm' },
  params: { filesystem: 'ext4' },
} as const satisfies OsChoice;

/** What an instance of a scenario is made of: unmirrored and with the tiny OS, unless said otherwise. */
type Made = { as?: typeof shape | typeof mirrored | typeof onVolumes; os?: OsChoice };

export type Order = {
  operation: OperationName;
  place: Place;
  target: { kind: 'instance' | 'node' | 'cluster' | 'image'; id: string; name: string };
  params: Json;
  amounts?: Amounts;
  /** The instance that they are for, where it is not the target. */
  chargedId?: string;
};

export class World {
  readonly db: Db;
  readonly agents: SimulatedCluster;
  readonly images: ImageStore;
  #places = 0;

  constructor(db: Db, agents: SimulatedCluster) {
    this.db = db;
    this.agents = agents;
    this.images = openTestImages(agents);
  }

  /** With a node that has joined, unless it is to join yet. Quota policies alternate. */
  async makePlace({ joined = true, nodes: count = 1 } = {}): Promise<Place> {
    this.#places += 1;
    const policy = this.#places % 2 === 0 ? 'all' : 'running';
    const name = `place-${this.#places}-${randomUUID().slice(0, 8)}`;
    const base = { hypervisors: ['simulated'], diskTemplates: ['simulated', 'diskless', 'plain', 'drbd'] };
    const cluster = await this.db.cluster.create({ data: { name, quotaPolicy: policy, ...base } });
    const owner = await this.db.user.create({ data: { login: name, name, role: 'customer' } });
    const nodes: ClusterNode[] = [];
    for (let index = 0; index < count; index += 1)
      nodes.push(await this.#addNode(cluster.id, index === 0 ? name : `${name}-${index + 1}`, joined));
    const [node] = nodes;
    if (!node) throw new Error('A place has at least one node');
    return { clusterId: cluster.id, ownerId: owner.id, policy, node, nodes };
  }

  async #addNode(clusterId: string, name: string, joined: boolean): Promise<ClusterNode> {
    const node = await this.agents.addNode({ name });
    const { id, address } = node;
    const facts = joined ? await this.agents.client.call(node, 'node.facts', {}) : undefined;
    const state = joined ? 'online' : 'joining';
    await this.db.node.create({ data: { id, clusterId, name, address, state, facts } });
    return node;
  }

  /** As a use case does it: what was accepted and the job are written together. */
  async order(
    { operation, place, target, params, amounts, chargedId = target.id }: Order,
    accept?: (tx: Tx) => Promise<void>,
  ): Promise<number> {
    const { clusterId, ownerId } = place;
    return this.db.$transaction(async (tx) => {
      await lockQuota(tx, { ownerId, clusterId });
      await accept?.(tx);
      const owner = target.kind === 'instance' ? ownerId : null;
      const base = { clusterId, ownerId: owner, createdById: null };
      const jobId = await submitJob(tx, { operation, params, target, ...base });
      if (amounts) await reserve(tx, { ownerId, clusterId, instanceId: chargedId, jobId, amounts });
      return jobId;
    });
  }

  /** Where there is only one node, the placement finds it by itself. */
  orderCreate(
    place: Place,
    { id, start, as = shape, os = { kind: 'tiny' } }: { id: string; start: boolean } & Made,
  ): Promise<number> {
    const { vcpus, memoryMiB, disksMiB, diskTemplate } = as;
    const isMirrored = diskTemplate === 'drbd';
    const name = `vm-${id.slice(0, 8)}`;
    const nodeId = place.nodes.length > 1 ? place.node.id : null;
    const order: Order = {
      operation: 'instance.create',
      place,
      target: { kind: 'instance', id, name },
      params: {
        ...{ instanceId: id, start, nodeId, hasDisks: disksMiB.length > 0, isMirrored },
        isScripted: os.kind === 'script',
        imageId: os.kind === 'image' ? os.imageId : null,
        secondaryId: isMirrored ? place.nodes[1]?.id : null,
      },
      amounts: chargeOf(as, place.policy, start),
    };
    const { clusterId, ownerId } = place;
    return this.order(order, async (tx) => {
      await tx.instance.create({
        data: {
          ...{ id, clusterId, ownerId, name, vcpus, memoryMiB, diskTemplate },
          hypervisor: 'simulated',
          os,
          disks: { create: disksMiB.map((sizeMiB, index) => ({ index, sizeMiB })) },
          nics: { create: [{ index: 0, mode: 'bridged', link: 'br0', mac: randomMac() }] },
        },
      });
    });
  }

  /** One that is ready. */
  async makeImage(place: Place): Promise<{ id: string }> {
    const content = makeImageFile();
    const id = randomUUID();
    await this.images.append(id, { offset: 0, data: content });
    const ready = { state: 'ready', virtualBytes: content.length };
    return this.db.image.create({ data: { ...waitingImage({ id, place, url: null, content }), ...ready } });
  }

  async makeInstance(place: Place, { start, ...made }: { start: boolean } & Made): Promise<string> {
    const id = randomUUID();
    const job = await untilEnded(this.db, await this.orderCreate(place, { id, start, ...made }));
    if (job.status !== 'success') throw new Error(`Cannot prepare: ${JSON.stringify(job.error)}`);
    return id;
  }

  /** Of an operation on an instance that is there. */
  async orderOn(
    place: Place,
    instanceId: string,
    more: { operation: OperationName; params?: object } & Pick<Order, 'amounts' | 'chargedId'>,
  ) {
    const { name } = await this.db.instance.findUniqueOrThrow({ where: { id: instanceId } });
    const { operation, params, amounts, chargedId } = more;
    return this.order({
      ...{ operation, place, amounts, chargedId },
      target: { kind: 'instance', id: instanceId, name },
      params: { instanceId, ...params },
    });
  }

  /** Orders it and waits until it is done: for what has to be there before. */
  async runOn(...asked: Parameters<World['orderOn']>): Promise<void> {
    const job = await untilEnded(this.db, await this.orderOn(...asked));
    if (job.status !== 'success') throw new Error(`Cannot prepare: ${JSON.stringify(job.error)}`);
  }
}

function randomMac(): string {
  const hex = randomUUID().replaceAll('-', '');
  return `aa:${[0, 2, 4, 6, 8].map((at) => hex.slice(at, at + 2)).join(':')}`;
}
