// The whole product with real nodes: a console started like by a person, and virtual machines that join it by the command that it shows.
import { mustRun } from '@/tools/setup/run-command.mjs';
import { findRunningProduct } from '@/tools/supervisor/running-product';
import { z } from 'zod';
import { api } from '@/contract/paths';
import { xenKinds } from '@/contract/hypervisor-kind';
import { ClusterList } from '@/contract/schemas/cluster';
import { Accepted } from '@/contract/schemas/common';
import type { InstanceCreateInput } from '@/contract/schemas/instance';
import type { Job } from '@/contract/schemas/job';
import { NodePage, type Node } from '@/contract/schemas/node';
import { VerifyResult, type VerifyFinding } from '@/contract/schemas/verify';
import { type Product, removeProductData, startProduct } from '@/e2e/product';
import { type Rest, setUpOperator } from '@/e2e/rest';
import { joinNode } from '../console';
import { type Orders, ordersOf } from './orders';
import { until } from './until';
import { type Lab, type LabOptions, startLab } from '../lab';
import { join } from 'node:path';

export const operator = { login: 'operator', password: 'a long pass phrase of real nodes' };

export type RealCluster = Orders & {
  product: Product;
  rest: Rest;
  lab: Lab;
  clusterId: string;
  /** A node of the lab as the console knows it. */
  node(name: string): Promise<Node>;
  /** A mirrored instance with the tiny OS that runs, as far as nothing else is wished; throws unless its job was a success. */
  create(wish: Partial<InstanceCreateInput> & { name: string }): Promise<{ id: string; job: Job }>;
  /** Resolves when the console sees the node so. */
  untilNode(name: string, state: Node['state']): Promise<Node>;
  /** Resolves when one that is offline answers again. */
  untilAnswers(name: string): Promise<void>;
  /** What a verification finds now that no job is under way. */
  verify(): Promise<VerifyFinding[]>;
  close(): Promise<void>;
};

/** Resolves when all nodes are online. */
export async function startRealCluster(
  shape: Pick<LabOptions, 'nodes' | 'xenNodes' | 'memoryMiB' | 'filesUrl'>,
): Promise<RealCluster> {
  const product = await startProduct({ env: { CORRAL_LOCAL_AGENT: '0' } });
  let lab: Lab | undefined;
  const close = async () => {
    await lab?.close();
    await product.stop();
    await removeProductData(product.dataDir);
  };
  try {
    const rest = await setUpOperator(product.url, product.setPasswordUrl ?? '', operator);
    const { items } = await rest.call('GET', api.clusters(), ClusterList);
    const clusterId = items[0]?.id ?? '';
    await rest.call('PATCH', api.cluster(clusterId), z.unknown(), {
      diskTemplates: ['drbd', 'plain', 'file', 'diskless'],
      hypervisors: ['kvm', ...xenKinds],
    });
    lab = await startLab({ ...shape, consoleUrl: product.url });
    const commands = await installCommands(product, lab.nodes.length);
    await Promise.all(lab.nodes.map((one, at) => joinNode(one, commands[at] ?? '')));
    const node = async (name: string) => {
      const found = (await rest.call('GET', api.nodes(), NodePage)).items.find((one) => one.name === name);
      if (!found) throw new Error(`The console knows no ${name}`);
      return found;
    };
    const untilNode = (name: string, state: Node['state']) =>
      until(
        () => node(name),
        (one) => one.state === state,
      );
    const untilAnswers = async (name: string) => {
      const { id } = await node(name);
      await until(
        () => rest.call('GET', api.node(id), Answering),
        ({ answersSince }) => answersSince !== null,
      );
    };
    for (const { name } of lab.nodes) await untilNode(name, 'online');
    const orders = ordersOf(rest);
    const create: RealCluster['create'] = async (wish) => {
      const { jobId, instanceId: id = '' } = await rest.call('POST', api.instances(), Accepted, {
        ...{ clusterId, os: { kind: 'tiny' }, vcpus: 1, memoryMiB: 128, start: true },
        ...{ diskTemplate: 'drbd', disks: [{ sizeMiB: 64 }], nics: [{ mode: 'bridged', link: 'br0' }] },
        ...wish,
      });
      return { id, job: await orders.succeeded(jobId) };
    };
    const verify = async () => {
      await orders.untilQuiet();
      await orders.order('POST', api.clusterVerify(clusterId));
      return (await rest.call('GET', api.clusterFindings(clusterId), VerifyResult)).items;
    };
    return { ...orders, product, rest, lab, clusterId, node, untilNode, untilAnswers, create, verify, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const Answering = z.object({ answersSince: z.string().nullable() });
const Commands = z.object({ installCommands: z.array(z.string()) });

async function installCommands({ dataDir }: Product, count: number): Promise<string[]> {
  const root = join(import.meta.dirname, '..', '..');
  const running = findRunningProduct(root, { ...process.env, CORRAL_DATA: dataDir });
  if (!running) throw new Error('The console does not run');
  const args = [join(root, 'dist', 'bootstrap.mjs'), '--install-commands', String(count)];
  const output = await mustRun(process.execPath, args, { cwd: root, env: running.environment });
  return Commands.parse(JSON.parse(output.trim().split('\n').at(-1) ?? '')).installCommands;
}
