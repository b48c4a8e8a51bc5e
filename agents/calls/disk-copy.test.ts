import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type ClusterNode,
  startSimulatedCluster,
  type SimulatedCluster,
} from '@/server/agents/testing/simulated-cluster';
import { disksOf } from '../definitions';
import { defineSimulated } from '../testing/definitions';

let cluster: SimulatedCluster;
let source: ClusterNode;
let target: ClusterNode;
beforeAll(async () => {
  cluster = await startSimulatedCluster();
  [source, target] = await Promise.all([cluster.addNode(), cluster.addNode()]);
});
afterAll(() => cluster.close());

const address = '127.0.0.1';
const makeDisk = async (sizes = { from: 64, to: 64 }) => {
  const disk = { instanceId: randomUUID(), diskId: randomUUID(), spec: { template: 'simulated' } } as const;
  const [from, to] = [
    { ...disk, sizeMiB: sizes.from },
    { ...disk, sizeMiB: sizes.to },
  ];
  await cluster.client.call(source, 'disk.create', { ...from, wipe: false });
  await cluster.client.call(target, 'disk.create', { ...to, wipe: false });
  return { from, to };
};

it('brings a disk over, told by the control plane which node does what', async () => {
  const { from, to } = await makeDisk();
  const door = await cluster.client.call(target, 'disk.receive', { ...to, address });
  const told: number[] = [];
  await cluster.client.call(
    source,
    'disk.send',
    { ...from, ...door },
    { onProgress: (done) => told.push(done) },
  );
  await cluster.client.call(target, 'disk.endCopy', { ...to, arrived: true });
  await cluster.client.call(target, 'disk.endCopy', { ...to, arrived: true });
  expect(told.at(-1)).toBe(1);
});

it('says of which disk what went wrong', async () => {
  const { from, to } = await makeDisk({ from: 64, to: 72 });
  const door = await cluster.client.call(target, 'disk.receive', { ...to, address });
  await expect(cluster.client.call(source, 'disk.send', { ...from, ...door })).rejects.toMatchObject({
    code: 'wrong_state',
    message: `Cannot send disk ${from.diskId}: it has 67108864 bytes here and 75497472 on the other node`,
  });
  await cluster.client.call(target, 'disk.endCopy', { ...to, arrived: false });
});

it('waits no longer for a disk that is removed', async () => {
  const { from, to } = await makeDisk();
  const door = await cluster.client.call(target, 'disk.receive', { ...to, address });
  await cluster.client.call(target, 'disk.remove', to);
  await expect(cluster.client.call(source, 'disk.send', { ...from, ...door })).rejects.toMatchObject({
    code: 'tool_failed',
  });
});

it('leaves the disks of a running instance alone', async () => {
  const definition = defineSimulated('web1');
  const { id: instanceId } = definition;
  const [disk = expect.fail('no disk')] = disksOf(definition);
  await cluster.client.call(source, 'instance.define', { definition });
  for (const one of disksOf(definition))
    await cluster.client.call(source, 'disk.create', { ...one, wipe: false });
  await cluster.client.call(source, 'instance.start', { instanceId });
  const door = { host: address, port: 1, key: '0'.repeat(64), sizeBytes: 1 };
  const refusal = { message: expect.stringMatching(/web1: the instance is running$/) };
  const sending = cluster.client.call(source, 'disk.send', { ...disk, ...door });
  await expect(sending).rejects.toMatchObject(refusal);
  const receiving = cluster.client.call(source, 'disk.receive', { ...disk, address });
  await expect(receiving).rejects.toMatchObject(refusal);
});
