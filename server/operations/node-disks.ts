// Instances and their disks as a certain node is told of them: its own side of a mirror, with its own minor and addresses.
import type { InstanceDefinition } from '@/contract/agent-calls';
import { AppError } from '@/contract/errors';
import {
  DiskMode,
  DiskParamsOverride,
  type DiskSpec,
  type NodeDisk,
  resolveDiskParams,
} from '@/contract/schemas/disk';
import { NicMode } from '@/contract/schemas/instance';
import { Seed } from '@/contract/schemas/seed';
import { resolvedParams } from '../db/hv-params';
import { parseFacts } from '../db/nodes';
import type { InstanceNode, PlacedDisk, PlacedInstance } from './placed-instance';

/** A node, and the one that holds the other side of mirrors; null where there is none. */
export type Pair = { own: InstanceNode; peer: InstanceNode | null };

/** The pair that the instance lies on, seen from one of the two. */
export function pairOf({ name, node, secondary }: PlacedInstance, nodeId: string): Pair {
  if (node?.id === nodeId) return { own: node, peer: secondary };
  if (secondary?.id === nodeId) return { own: secondary, peer: node };
  throw new AppError('internal', `${name} does not lie on this node`, { details: { nodeId } });
}

export function toNodeDisk(instance: PlacedInstance, disk: PlacedDisk, pair: Pair): NodeDisk {
  const { id: diskId, sizeMiB } = disk;
  return { instanceId: instance.id, diskId, sizeMiB, spec: toSpec(instance, disk, pair) };
}

/** Those that the machine is made of: not what is being added or taken away. */
export function readyDisks({ disks }: PlacedInstance): PlacedDisk[] {
  return disks.filter(({ lifecycle }) => lifecycle === 'ready');
}

/** All disks of the instance, as one of its nodes is told of them. */
export function toNodeDisks(instance: PlacedInstance, nodeId: string): NodeDisk[] {
  const pair = pairOf(instance, nodeId);
  return instance.disks.map((disk) => toNodeDisk(instance, disk, pair));
}

export function toDefinition(instance: PlacedInstance, nodeId: string): InstanceDefinition {
  const pair = pairOf(instance, nodeId);
  const { id, name, hypervisor, os, vcpus, memoryMiB, diskTemplate } = instance;
  return {
    ...{ id, name, hypervisor, os, vcpus, memoryMiB, diskTemplate },
    minMemoryMiB: instance.minMemoryMiB ?? memoryMiB,
    ...(instance.seed !== null && { seed: Seed.parse(instance.seed) }),
    hvParams: resolvedParams(instance),
    disks: readyDisks(instance).map((disk) => ({
      id: disk.id,
      index: disk.index,
      sizeMiB: disk.sizeMiB,
      spec: toSpec(instance, disk, pair),
      name: disk.name,
      mode: DiskMode.parse(disk.mode),
    })),
    nics: instance.nics.map(({ id: nicId, index, mode, link, mac }) => ({
      id: nicId,
      index,
      mode: NicMode.parse(mode),
      link,
      mac,
    })),
  };
}

function toSpec(instance: PlacedInstance, disk: PlacedDisk, pair: Pair): DiskSpec {
  const { vg, stripes } = disk;
  switch (instance.diskTemplate) {
    case 'file':
    case 'simulated':
      return { template: instance.diskTemplate };
    case 'plain':
      return { template: 'plain', vg: need(vg, instance, disk), stripes };
    case 'drbd':
      return {
        template: 'drbd',
        vg: need(vg, instance, disk),
        stripes,
        metaVg: need(disk.metaVg, instance, disk),
        metaStripes: 1,
        mirror: toMirror(instance, disk, pair),
      };
    case 'diskless':
      throw new AppError('internal', `${instance.name} is diskless and has a disk`);
  }
}

function toMirror(instance: PlacedInstance, disk: PlacedDisk, { own, peer }: Pair) {
  const mirror = need(disk.mirror, instance, disk);
  const other = need(peer, instance, disk);
  const sideOf = ({ id }: InstanceNode) =>
    need(
      mirror.sides.find((side) => side.nodeId === id),
      instance,
      disk,
    );
  const params = resolveDiskParams(
    DiskParamsOverride.parse(instance.cluster.diskParams),
    DiskParamsOverride.parse(own.group?.diskParams ?? {}),
    DiskParamsOverride.parse(disk.params),
  );
  return {
    minor: sideOf(own).minor,
    port: mirror.port,
    secret: mirror.secret,
    local: { address: addressOf(own), drbdNodeId: sideOf(own).end },
    peer: { address: addressOf(other), drbdNodeId: sideOf(other).end },
    options: params.drbd,
  };
}

export function addressOf(node: InstanceNode): string {
  const address = parseFacts(node.facts)?.replicationAddress;
  if (address) return address;
  throw new AppError('wrong_state', `${node.name} has told no address for mirrors`);
}

function need<T>(value: T | null | undefined, instance: PlacedInstance, { index }: PlacedDisk): T {
  if (value !== null && value !== undefined) return value;
  throw new AppError('internal', `Disk ${index} of ${instance.name} is not placed completely`);
}
