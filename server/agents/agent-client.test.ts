import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { startSimulatedCluster, type ClusterNode, type SimulatedCluster } from './testing/simulated-cluster';

let cluster: SimulatedCluster;
let node: ClusterNode;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
  node = await cluster.addNode();
});
afterAll(() => cluster.close());

export function makeDefinition(name: string): InstanceDefinition {
  return {
    id: randomUUID(),
    name,
    hypervisor: 'simulated',
    os: { kind: 'tiny' },
    vcpus: 1,
    memoryMiB: 128,
    diskTemplate: 'simulated',
    disks: [{ id: randomUUID(), index: 0, sizeMiB: 64 }],
    nics: [{ id: randomUUID(), index: 0, mode: 'user', link: null, mac: '02:00:00:00:00:01' }],
  };
}

it('takes an instance from definition to a running guest and back to nothing', async () => {
  const { client } = cluster;
  const definition = makeDefinition('web1');
  const [disk] = definition.disks;
  if (!disk) throw new Error('no disk');
  const instanceId = definition.id;
  const ref = { instanceId, diskId: disk.id, diskTemplate: 'simulated' as const };
  const progress: number[] = [];
  const lines: string[] = [];
  await client.call(node, 'instance.define', { definition });
  await client.call(
    node,
    'disk.create',
    { ...ref, sizeMiB: 64 },
    { onProgress: (done) => progress.push(done) },
  );
  await client.call(node, 'os.install', { instanceId }, { onLog: (line) => lines.push(line) });
  const observed = await client.call(node, 'instance.start', { instanceId });
  expect(observed).toMatchObject({ id: instanceId, name: 'web1', operState: 'running' });
  expect(progress.at(-1)).toBe(1);
  expect(lines).toContain('Formatting the disk');
  expect(await client.call(node, 'instance.stop', { instanceId, force: false, timeoutMs: 1_000 })).toEqual({
    forced: false,
  });
  await client.call(node, 'disk.remove', ref);
  await client.call(node, 'instance.forget', { instanceId });
  expect(await client.call(node, 'instance.list', {})).toEqual({ instances: [], defined: [] });
});
