// Ground for faults on real nodes: three nodes, one mirrored instance that things happen to and a bystander that nothing may happen to, both
// writing all along. After each fault `expectWhole` asks the console, the nodes and the guests whether anything was lost or left over.
import { expect } from 'vitest';
import { api } from '@/contract/paths';
import { Instance, InstancePage } from '@/contract/schemas/instance';
import { VerifyResult, type VerifyFinding } from '@/contract/schemas/verify';
import { findLeftovers } from './leftovers';
import { type RealCluster, startRealCluster } from './real-cluster';
import { until } from './until';
import { openWitness, type Witness } from './witness';

export type FaultGround = RealCluster & {
  /** The mirrored instance, on node1 with its other side on node2 at first. */
  readonly instanceId: string;
  readonly witness: Witness;
  see(instanceId?: string): Promise<Instance>;
  list(): Promise<Instance[]>;
  /** What a verification finds now that no job is under way. */
  verify(): Promise<VerifyFinding[]>;
  untilMirrored(instanceId?: string): Promise<void>;
  /** All mirrors in step, nothing found by a verification, nothing left over on a node, every line there that a guest told as written, the bystander untouched. */
  expectWhole(): Promise<void>;
};

export async function openFaultGround(): Promise<FaultGround> {
  const cluster = await startRealCluster({ nodes: 3 });
  try {
    return await prepare(cluster);
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function prepare(cluster: RealCluster): Promise<FaultGround> {
  const { rest, clusterId, lab } = cluster;
  const nodeIds = await Promise.all(lab.nodes.map(({ name }) => cluster.node(name).then(({ id }) => id)));
  const [node1, node2, node3] = nodeIds;
  const [{ id: instanceId }, { id: bystanderId }] = await Promise.all([
    cluster.create({ name: 'web1.test', nodeId: node1, secondaryId: node2 }),
    cluster.create({ name: 'bystander.test', nodeId: node3, diskTemplate: 'plain' }),
  ]);
  const [witness, bystander] = await Promise.all([
    openWitness(rest, instanceId),
    openWitness(rest, bystanderId),
  ]);
  await Promise.all([witness.write(), bystander.write()]);
  const bootId = await bystander.bootId();
  const see = (id = instanceId) => rest.call('GET', api.instance(id), Instance);
  const list = async () => (await rest.call('GET', api.instances({ pageSize: 100 }), InstancePage)).items;
  const untilMirrored = async (id = instanceId) => {
    await until(
      () => see(id),
      ({ disks }) => disks.every(({ mirror }) => mirror === null || mirror.state === 'mirrored'),
    );
  };
  const verify = async () => {
    await cluster.untilQuiet();
    await cluster.order('POST', api.clusterVerify(clusterId));
    return (await rest.call('GET', api.clusterFindings(clusterId), VerifyResult)).items;
  };
  return {
    ...cluster,
    ...{ instanceId, witness, see, list, untilMirrored, verify },
    async expectWhole() {
      await untilMirrored();
      await witness.check();
      await bystander.goesOn();
      expect(await bystander.bootId()).toBe(bootId);
      await bystander.check();
      await Promise.all([witness.write(), bystander.write()]);
      expect(await verify()).toEqual([]);
      expect(await findLeftovers(lab.nodes, await list())).toEqual([]);
    },
  };
}
