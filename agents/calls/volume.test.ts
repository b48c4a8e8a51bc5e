import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulatedCluster, type SimulatedCluster } from '@/server/agents/testing/simulated-cluster';
import { createFolderVolumes } from '../storage/folder-volumes';
import { createGroupVolumes } from '../storage/group-volumes';
import { makeTempFolder } from '../testing/temp-folder';

let cluster: SimulatedCluster;
beforeAll(async () => void (cluster = await startSimulatedCluster()));
afterAll(() => cluster.close());

describe('volumes of a node', () => {
  it('are told with their disk, and go when no instance of the node has it', async () => {
    const node = await cluster.addNode();
    const disk = {
      instanceId: randomUUID(),
      diskId: randomUUID(),
      sizeMiB: 64,
      spec: { template: 'simulated' },
    } as const;
    await cluster.client.call(node, 'disk.create', { ...disk, wipe: false });
    const { volumes } = await cluster.client.call(node, 'volume.list', {});
    expect(volumes).toMatchObject([{ diskId: disk.diskId, instanceId: disk.instanceId, sizeMiB: 64 }]);
    const [{ kind, pool, name } = expect.fail('no volume')] = volumes;
    await cluster.client.call(node, 'volume.remove', { kind, pool, name });
    await cluster.client.call(node, 'volume.remove', { kind, pool, name });
    expect(await cluster.client.call(node, 'volume.list', {})).toEqual({ volumes: [] });
  });
});

describe('files in the folder of disks', () => {
  it('are told with the disk that their name says, other files without one', async () => {
    const folder = await makeTempFolder();
    const [instanceId, diskId] = [randomUUID(), randomUUID()];
    await mkdir(path.join(folder, instanceId));
    await writeFile(path.join(folder, instanceId, `${diskId}.raw`), Buffer.alloc(2 * 1024 * 1024));
    await writeFile(path.join(folder, 'notes.txt'), '');
    const volumes = createFolderVolumes(folder);
    const found = (await volumes.list()).sort((a, b) => b.sizeMiB - a.sizeMiB);
    expect(found).toMatchObject([
      { name: `${instanceId}/${diskId}.raw`, sizeMiB: 2, diskId, instanceId },
      { name: 'notes.txt', diskId: null, instanceId: null },
    ]);
    await volumes.remove({ kind: 'folder', pool: folder, name: `${instanceId}/${diskId}.raw` });
    expect((await volumes.list()).map(({ name }) => name)).toEqual(['notes.txt']);
  });
});

describe('logical volumes', () => {
  const diskId = randomUUID();
  const lv = {
    vg: 'corral',
    lv: `disk-${diskId}`,
    sizeMiB: 64,
    tags: [`corral.disk=${diskId}`],
    isOpen: true,
  };
  const other = { vg: 'corral', lv: 'scratch', sizeMiB: 8, tags: [], isOpen: false };

  it('belong to the disk in their tag', async () => {
    const volumes = createGroupVolumes({
      listVolumes: async () => [lv, other],
      removeVolumes: async () => {},
    });
    expect(await volumes.list()).toMatchObject([
      { pool: 'corral', name: lv.lv, diskId, inUse: true },
      { pool: 'corral', name: 'scratch', diskId: null, inUse: false },
    ]);
  });

  it('are removed only from the group that is named', async () => {
    const removed: string[] = [];
    const volumes = createGroupVolumes({
      listVolumes: async () => [lv],
      removeVolumes: async (list) => void removed.push(...list.map((one) => one.lv)),
    });
    await volumes.remove({ kind: 'vg', pool: 'root', name: lv.lv });
    expect(removed).toEqual([]);
    await volumes.remove({ kind: 'vg', pool: 'corral', name: lv.lv });
    expect(removed).toEqual([lv.lv]);
  });
});
