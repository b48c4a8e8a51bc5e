// Ground for faults on real nodes of either kind: three nodes, one mirrored instance that things happen to and a bystander that nothing may happen
// to, both writing all along. After each fault `expectWhole` asks the console, the nodes and the guests whether anything was lost or left over.
import { expect } from 'vitest';
import { HypervisorKind, isXen } from '@/contract/hypervisor-kind';
import { api } from '@/contract/paths';
import { Instance, InstancePage } from '@/contract/schemas/instance';
import { findLeftovers } from './leftovers';
import { type RealCluster, startRealCluster } from './real-cluster';
import { until } from './until';
import { openWitness, type Witness } from './witness';

export type FaultGround = RealCluster & {
  /** Of all its instances. */
  readonly hypervisor: HypervisorKind;
  /** The mirrored instance, on the first node with its other side on the second at first. */
  readonly instanceId: string;
  readonly witness: Witness;
  see(instanceId?: string): Promise<Instance>;
  list(): Promise<Instance[]>;
  untilMirrored(instanceId?: string): Promise<void>;
  /** All nodes online, all mirrors in step, nothing found by a verification, nothing left over on a node, every line there that a guest told as written, the bystander untouched. */
  expectWhole(): Promise<void>;
};

/** Which of them the faults befall; the list is gone through once for each kind of node (vitest.config.ts). */
const hypervisor = HypervisorKind.parse(process.env['CORRAL_FAULTS_ON'] ?? 'kvm');

export async function openFaultGround(): Promise<FaultGround> {
  const cluster = await startRealCluster(isXen(hypervisor) ? { xenNodes: 3 } : { nodes: 3 });
  try {
    return await prepare(cluster);
  } catch (error) {
    await cluster.close();
    throw error;
  }
}

async function prepare(cluster: RealCluster): Promise<FaultGround> {
  const { rest, lab } = cluster;
  const nodeIds = await Promise.all(lab.nodes.map(({ name }) => cluster.node(name).then(({ id }) => id)));
  const [first, second, third] = nodeIds;
  const [{ id: instanceId }, { id: bystanderId }] = await Promise.all([
    cluster.create({ name: 'web1.test', hypervisor, nodeId: first, secondaryId: second }),
    cluster.create({ name: 'bystander.test', hypervisor, nodeId: third, diskTemplate: 'plain' }),
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
  return {
    ...cluster,
    create: (wish) => cluster.create({ hypervisor, ...wish }),
    ...{ hypervisor, instanceId, witness, see, list, untilMirrored },
    async expectWhole() {
      for (const { name } of lab.nodes) await cluster.untilNode(name, 'online');
      await untilMirrored();
      await witness.check();
      await bystander.goesOn();
      expect(await bystander.bootId()).toBe(bootId);
      await bystander.check();
      await Promise.all([witness.write(), bystander.write()]);
      expect(await cluster.verify()).toEqual([]);
      expect(await findLeftovers(lab.nodes, await list())).toEqual([]);
    },
  };
}
