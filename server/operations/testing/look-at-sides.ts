import type { MirrorStatus } from '@/contract/schemas/disk';
import type { Place, World } from './world';

/** What the nodes of a place see of an instance's mirrors now, asked of the agents themselves. */
export async function lookAtSides(world: World, place: Place, instanceId: string): Promise<MirrorStatus[]> {
  const seen: MirrorStatus[] = [];
  for (const node of place.nodes) {
    const { defined } = await world.agents.client.call(node, 'instance.list', {});
    const own = defined.filter(({ id }) => id === instanceId);
    const disks = own.flatMap((definition) =>
      definition.disks.map(({ id, sizeMiB, spec }) => ({ instanceId, diskId: id, sizeMiB, spec })),
    );
    const { mirrors } = await world.agents.client.call(node, 'mirror.status', { disks });
    seen.push(...mirrors);
  }
  return seen;
}
