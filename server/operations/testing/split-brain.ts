import type { NodeDisk } from '@/contract/schemas/disk';
import type { Place, World } from './world';

/** As one of the place's nodes was told of a disk of the instance. */
export async function diskAsToldTo(
  { agents }: World,
  node: Place['node'],
  { instanceId, diskId }: { instanceId: string; diskId: string },
): Promise<NodeDisk> {
  const { defined } = await agents.client.call(node, 'instance.list', {});
  const definition = defined.find(({ id }) => id === instanceId);
  const disk = definition?.disks.find(({ id }) => id === diskId);
  if (!disk) throw new Error(`${node.name} was told of no such disk`);
  return { instanceId, diskId, sizeMiB: disk.sizeMiB, spec: disk.spec };
}

/** The second node writes to the disk behind a cut cable, while the instance runs on the first one and does the same. */
export async function splitBrain(
  world: World,
  { nodes }: Place,
  { instanceId, diskId }: { instanceId: string; diskId: string },
): Promise<void> {
  const [first, second] = nodes;
  if (!first || !second) throw new Error('A mirror needs two nodes');
  const { wire } = world.agents.nodes;
  const own = await diskAsToldTo(world, first, { instanceId, diskId });
  const other = await diskAsToldTo(world, second, { instanceId, diskId });
  wire.cut(second.id);
  first.simulated.mirrors.write(own, 'first');
  await world.agents.client.call(second, 'disk.open', other);
  second.simulated.mirrors.write(other, 'second');
  wire.heal(second.id);
}
