// Verifications of simulated nodes, from end to end.
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { type ClusterNode, type SimulatedCluster } from '../agents/testing/simulated-cluster';
import { listFindings } from '../db/verify-findings';
import { untilEnded } from '../jobs/testing/engine-on-database';
import { useWorld } from '../operations/testing/use-world';
import { mirrored, type Place, type World } from '../operations/testing/world';
import { verifyCluster } from './verify-cluster';

let agents: SimulatedCluster;
let world: World;

useWorld((used) => ({ agents, world } = used));

async function verify({ clusterId }: Place): Promise<string[]> {
  const { signal } = new AbortController();
  const found = await verifyCluster({ db: world.db, agents: agents.client, clusterId, signal });
  return found.map(({ meaning, target }) => `${meaning} ${target.name}`);
}

async function verifyByJob(place: Place) {
  const { clusterId } = place;
  const target = { kind: 'cluster', id: clusterId, name: 'the cluster' } as const;
  const jobId = await world.order({ operation: 'cluster.verify', place, target, params: { clusterId } });
  expect((await untilEnded(world.db, jobId)).error).toBeNull();
  const log = await world.db.jobLogLine.findMany({ where: { jobId }, orderBy: { serial: 'asc' } });
  return { found: await listFindings(world.db, { clusterId }), log: log.map(({ message }) => message) };
}

async function disksOn(node: ClusterNode, instanceId: string): Promise<NodeDisk[]> {
  const { defined } = await agents.client.call(node, 'instance.list', {});
  const disks = defined.find(({ id }) => id === instanceId)?.disks ?? [];
  return disks.map(({ id: diskId, sizeMiB, spec }) => ({ instanceId, diskId, sizeMiB, spec }));
}

const first = ({ node }: Place) => node;
const second = ({ nodes }: Place) => nodes[1] ?? expect.fail('The place has one node');

describe('a verification', () => {
  it('finds nothing in a cluster where all is well, also while a job works in it', async () => {
    const place = await world.makePlace({ nodes: 3 });
    await world.makeInstance(place, { start: true, as: mirrored });
    await world.makeInstance(place, { start: false });
    expect(await verify(place)).toEqual([]);
    const release = place.node.simulated.faults.hang('storage.create');
    const jobId = await world.orderCreate(place, { id: randomUUID(), start: true });
    expect(await verify(place)).toEqual([]);
    release();
    expect((await untilEnded(world.db, jobId)).error).toBeNull();
    expect((await verifyByJob(place)).log).toEqual(['Everything is as it should be']);
  });

  it('finds a volume that nobody has, and is calm when it is removed', async () => {
    const place = await world.makePlace();
    const ids = { instanceId: randomUUID(), diskId: randomUUID() };
    place.node.simulated.pools[1]?.put('left-over', { ...ids, sizeMiB: 64, part: 'disk' });
    const { found, log } = await verifyByJob(place);
    expect(found).toMatchObject([
      {
        ...{ code: 'ENODEORPHANLV', severity: 'warning', values: { volume: 'left-over', sizeMiB: 64 } },
        mend: { operation: 'node.removeVolume', params: { nodeId: place.node.id } },
      },
    ]);
    expect(log[0]).toMatch(/^WARNING ENODEORPHANLV node .*left-over/);
    // The same finding keeps the time when it was first seen.
    const again = await verifyByJob(place);
    expect(again.found[0]?.firstSeenAt).toBe(found[0]?.firstSeenAt);
    const mend = found[0]?.mend;
    if (mend?.kind !== 'operation') throw new Error('A button mends it');
    const target = { kind: 'node', id: place.node.id, name: place.node.name } as const;
    const jobId = await world.order({ operation: mend.operation, place, target, params: mend.params });
    expect((await untilEnded(world.db, jobId)).error).toBeNull();
    expect((await verifyByJob(place)).found).toEqual([]);
  });

  it('finds a disk that a node lost, and that replacing mends it', async () => {
    const place = await world.makePlace({ nodes: 2 });
    const id = await world.makeInstance(place, { start: true, as: mirrored });
    const node = second(place);
    const [disk] = await disksOn(node, id);
    await agents.client.call(node, 'disk.remove', disk ?? expect.fail('no disk'));
    const { found } = await verifyByJob(place);
    expect(found).toMatchObject([
      { code: 'EINSTANCEMISSINGDISK', values: { disks: '0', node: node.name }, target: { id } },
    ]);
    expect(found[0]?.mend).toMatchObject({
      operation: 'instance.replaceDisks',
      params: { mode: 'secondary' },
    });
  });

  it('finds what runs on the wrong node, or on none, and a node that does not answer', async () => {
    const place = await world.makePlace({ nodes: 2 });
    const id = await world.makeInstance(place, { start: true, as: mirrored });
    const { name } = await world.db.instance.findUniqueOrThrow({ where: { id } });
    await agents.client.call(first(place), 'instance.stop', { instanceId: id, force: true, timeoutMs: 0 });
    expect(await verify(place)).toEqual([`instanceDown ${name}`]);
    await agents.client.call(second(place), 'instance.start', { instanceId: id });
    expect(await verify(place)).toEqual([`wrongNode ${name}`]);
    const jobId = await world.orderOn(place, id, { operation: 'instance.cleanupMigration' });
    expect((await untilEnded(world.db, jobId)).error).toBeNull();
    expect(await verify(place)).toEqual([]);
    await world.db.node.update({ where: { id: first(place).id }, data: { address: '127.0.0.1:9' } });
    expect(await verify(place)).toEqual([`nodeSilent ${first(place).name}`]);
  });

  it('asks the hooks of nodes what they think', async () => {
    const place = await world.makePlace();
    const folder = path.join(place.node.simulated.dataDir, 'hooks/cluster-verify-post.d');
    await mkdir(folder, { recursive: true });
    const script = '#!/bin/sh\necho "$GANETI_OP_CODE: sda fails"; exit 1\n';
    await writeFile(path.join(folder, '10-disks'), script, { mode: 0o755 });
    const { found } = await verifyByJob(place);
    const values = { script: expect.stringMatching(/10-disks$/), detail: 'OP_CLUSTER_VERIFY: sda fails' };
    expect(found).toMatchObject([{ code: 'ENODEHOOKS', severity: 'error', values }]);
  });
});
