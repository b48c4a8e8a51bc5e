// A cluster of two nodes with one instance whose disk they mirror: rows only, no agent.
import { randomUUID } from 'node:crypto';
import type { Db } from '../../db/client';

export type Mirrored = Awaited<ReturnType<typeof makeMirrored>>;

export async function makeMirrored(db: Db, columns: { adminState?: string; status?: string } = {}) {
  const offers = { hypervisors: ['simulated'], diskTemplates: ['drbd'] };
  const { id: clusterId } = await db.cluster.create({ data: { name: randomUUID(), ...offers } });
  const [primaryId, secondaryId] = [await makeNode(db, clusterId), await makeNode(db, clusterId)];
  const { id: instanceId } = await db.instance.create({
    data: {
      ...{ clusterId, nodeId: primaryId, secondaryId, name: `vm-${randomUUID().slice(0, 8)}` },
      ...{ hypervisor: 'simulated', os: { kind: 'none' }, vcpus: 1, memoryMiB: 128, diskTemplate: 'drbd' },
      ...{ lifecycle: 'ready', status: 'stopped', ...columns },
    },
  });
  const { id: diskId } = await db.disk.create({ data: { instanceId, index: 0, sizeMiB: 64, vg: 'corral' } });
  const sides = [primaryId, secondaryId].map((nodeId, end) => ({ nodeId, minor: 0, end }));
  await db.mirror.create({
    data: { diskId, clusterId, port: 7_000, secret: 'a'.repeat(40), sides: { create: sides } },
  });
  return { clusterId, primaryId, secondaryId, instanceId, diskId };
}

async function makeNode(db: Db, clusterId: string): Promise<string> {
  const name = `node-${randomUUID().slice(0, 8)}`;
  const data = { clusterId, name, address: '10.0.0.1:4400', state: 'online' };
  return (await db.node.create({ data })).id;
}
