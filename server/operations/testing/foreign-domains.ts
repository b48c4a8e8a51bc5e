import type { ForeignDomain } from '@/contract/schemas/domain';
import { chargeOf } from '../../quotas/charge';
import { volumeGroupOf } from './foreign-volumes';
import type { Place, World } from './world';

/** Somebody else's machine on the place's first node, which has volumes of these sizes open. */
export function theirDomain(
  place: Place,
  { id, disksMiB }: { id: string; disksMiB: number[] },
): ForeignDomain {
  const pool = volumeGroupOf(place);
  const disks = disksMiB.map((sizeMiB, index) => {
    const name = `theirs-${id.slice(0, 8)}-${index}`;
    pool.foreign.put(name, { sizeMiB, isOpen: true });
    const volume = { vg: pool.name, name };
    const path = `/dev/${pool.name}/${name}`;
    return { index, vdev: `xvd${'ab'[index]}`, path, volume, sizeMiB, mode: 'rw' as const };
  });
  const domain: ForeignDomain = {
    ...{ id, name: `by hand ${id.slice(0, 8)}`, hypervisor: 'simulated', state: 'running' },
    ...{ vcpus: 2, memoryMiB: 256, disks, hvParams: {}, problem: null },
    nics: [{ mac: macOf(id), bridge: 'br0' }],
  };
  place.node.simulated.foreign.put(domain);
  return domain;
}

/** As the use case accepts it. */
export async function orderAdoption(world: World, place: Place, id: string): Promise<number> {
  const domain = place.node.simulated.foreign.entries().find((one) => one.id === id);
  if (!domain) throw new Error('There is no such domain');
  const { clusterId, ownerId, node, policy } = place;
  const disksMiB = domain.disks.map(({ sizeMiB }) => sizeMiB ?? 0);
  const name = `vm-${id.slice(0, 8)}`;
  const order = {
    ...({ operation: 'instance.adopt', place } as const),
    amounts: chargeOf({ ...domain, disksMiB, diskTemplate: 'plain' }, policy, true),
    target: { kind: 'instance', id, name } as const,
    params: { instanceId: id, nodeId: node.id, domain },
  };
  return world.order(order, async (tx) => {
    const { vcpus, memoryMiB, hypervisor, disks, nics } = domain;
    await tx.instance.create({
      data: {
        ...{ id, clusterId, ownerId, name, vcpus, memoryMiB, hypervisor, nodeId: node.id },
        ...{ os: { kind: 'none' }, diskTemplate: 'plain' },
        disks: {
          create: disks.map(({ index, sizeMiB, volume }) => ({
            ...{ index: index ?? 0, sizeMiB: sizeMiB ?? 0, vg: volume?.vg },
          })),
        },
        nics: {
          create: nics.map(({ mac, bridge }, index) => ({ index, mode: 'bridged', link: bridge, mac })),
        },
      },
    });
  });
}

const macOf = (id: string) => `aa:${[0, 2, 4, 6, 9].map((at) => id.slice(at, at + 2)).join(':')}`;
