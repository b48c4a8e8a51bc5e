// Ten thousand instances that exist and run: rows in the database, definitions, disks and "guests" on simulated nodes, and states that the
// product has observed by itself. Written past the jobs, which would take an hour.
import pg from 'pg';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { defaultHvParams } from '@/contract/schemas/hv-params';
import { InstancePage } from '@/contract/schemas/instance';
import type { Bed } from './bed';
import { byHand, type Fleet } from './fleet';

const count = 10_000;
const owners = 20;

const Placed = z.array(
  z.object({
    id: z.uuid(),
    name: z.string(),
    nodeId: z.uuid(),
    diskId: z.uuid(),
    nicId: z.uuid(),
    mac: z.string(),
  }),
);
type Placed = z.infer<typeof Placed>[number];

export async function bringUpTenThousand(bed: Bed, fleet: Fleet): Promise<void> {
  const placed = await insertRows(bed.databaseUrl, fleet);
  const byNode = groupByNode(placed);
  for (const { nodeId, handlers } of fleet.nodes)
    await Promise.all(
      (byNode.get(nodeId) ?? []).map(async (one) => {
        await handlers['instance.define']({ definition: definitionOf(one) }, byHand);
        const disk = { instanceId: one.id, diskId: one.diskId, sizeMiB, spec };
        await handlers['disk.create']({ ...disk, wipe: true }, byHand);
        await handlers['instance.start']({ instanceId: one.id }, byHand);
      }),
    );
  await bed.live.until(async () => {
    const path = api.instances({ status: 'running', clusterId: fleet.clusterId, pageSize: 1 });
    return (await bed.rest.call('GET', path, InstancePage)).total === count;
  });
}

const sizeMiB = 1024;
const spec = { template: 'simulated' as const };
const shape = {
  hypervisor: 'simulated',
  os: { kind: 'none' },
  vcpus: 2,
  memoryMiB: 512,
  diskTemplate: 'simulated',
} as const;

function definitionOf({ id, name, diskId, nicId, mac }: Placed) {
  return {
    ...shape,
    ...{ id, name, hvParams: defaultHvParams },
    disks: [{ id: diskId, index: 0, sizeMiB, spec }],
    nics: [{ id: nicId, index: 0, mode: 'user' as const, link: null, mac }],
  };
}

async function insertRows(url: string, { clusterId, nodes }: Fleet): Promise<Placed[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(insertOwners, [owners]);
    await client.query(insertInstances, [
      count,
      clusterId,
      nodes.map(({ nodeId }) => nodeId),
      JSON.stringify(shape),
    ]);
    await client.query(insertDisks, [clusterId, sizeMiB]);
    await client.query(insertNics, [clusterId]);
    await client.query('COMMIT');
    // As autovacuum does by itself a minute after so many rows.
    await client.query('ANALYZE');
    return Placed.parse((await client.query(readPlaced, [clusterId])).rows);
  } finally {
    await client.end();
  }
}

const insertOwners = `
  INSERT INTO "User" (id, login, name, role)
  SELECT gen_random_uuid(), 'owner' || n, 'Owner ' || n, 'customer' FROM generate_series(1, $1::int) AS n`;

const insertInstances = `
  INSERT INTO "Instance" (id, "clusterId", "ownerId", "nodeId", name, lifecycle, "adminState", status, "createdAt",
    hypervisor, os, vcpus, "memoryMiB", "diskTemplate")
  SELECT gen_random_uuid(), $2::uuid, owners.ids[1 + n % array_length(owners.ids, 1)],
    ($3::uuid[])[1 + n % array_length($3::uuid[], 1)], 'vm-' || lpad(n::text, 5, '0'), 'ready', 'up', 'errorDown',
    now() - n * interval '1 minute', s->>'hypervisor', s->'os', (s->>'vcpus')::int, (s->>'memoryMiB')::int, s->>'diskTemplate'
  FROM generate_series(1, $1::int) AS n, (SELECT $4::jsonb AS s) AS shape,
    (SELECT array_agg(id) AS ids FROM "User" WHERE login LIKE 'owner%') AS owners`;

const insertDisks = `
  INSERT INTO "Disk" (id, "instanceId", index, "sizeMiB")
  SELECT gen_random_uuid(), id, 0, $2::int FROM "Instance" WHERE "clusterId" = $1::uuid`;

const insertNics = `
  INSERT INTO "Nic" (id, "instanceId", index, mode, mac)
  SELECT gen_random_uuid(), id, 0, 'user', 'aa:00:01:' || regexp_replace(lpad(to_hex(row_number() OVER ()), 6, '0'), '(..)(..)(..)', '\\1:\\2:\\3')
  FROM "Instance" WHERE "clusterId" = $1::uuid`;

const readPlaced = `
  SELECT i.id, i.name, i."nodeId", d.id AS "diskId", n.id AS "nicId", n.mac
  FROM "Instance" i JOIN "Disk" d ON d."instanceId" = i.id JOIN "Nic" n ON n."instanceId" = i.id WHERE i."clusterId" = $1::uuid`;

function groupByNode(placed: Placed[]): Map<string, Placed[]> {
  const groups = new Map<string, Placed[]>();
  for (const one of placed) groups.set(one.nodeId, [...(groups.get(one.nodeId) ?? []), one]);
  return groups;
}
