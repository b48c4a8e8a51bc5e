import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Identity } from '@/agents/identity';
import { createCa } from './ca';
import {
  makeNodeIdentity,
  startSimulatedCluster,
  type ClusterNode,
  type SimulatedCluster,
} from './testing/simulated-cluster';

let cluster: SimulatedCluster;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
});
afterAll(() => cluster.close());

const impatient = { patienceMs: 0 };
const longAgo = -0.01;
const askForRequest = (node: ClusterNode) => cluster.client.call(node, 'certificate.request', {}, impatient);

async function addNode(change: (id: string) => Promise<Partial<Identity>>): Promise<ClusterNode> {
  const id = randomUUID();
  const expired = await makeNodeIdentity(cluster.ca, id, longAgo);
  return cluster.addNode({ identity: { ...expired, ...(await change(id)) } });
}

it('still asks a node whose certificate has ended for a new one, and nothing else', async () => {
  const node = await addNode(async () => ({}));
  expect(await askForRequest(node)).toHaveProperty('csr');
  await expect(cluster.client.call(node, 'node.facts', {}, impatient)).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringMatching(/^The certificate of the machine at .* has ended/),
  });
  await expect(cluster.client.openConsole(node, randomUUID(), 'serial')).rejects.toMatchObject({
    code: 'unavailable',
  });
});

it.each<[string, (id: string) => Promise<Partial<Identity>>]>([
  [
    'another CA',
    async (id) => ({
      ...(await makeNodeIdentity(await createCa(), id, longAgo)),
      ca: cluster.ca.certificate,
    }),
  ],
  [
    'another node',
    async (id) => ({ ...(await makeNodeIdentity(cluster.ca, randomUUID(), longAgo)), nodeId: id }),
  ],
  [
    'the control plane',
    async () => ({ key: cluster.credentials.controlKey, certificate: cluster.credentials.controlCert }),
  ],
])('refuses a certificate of %s, ended or not', async (_whose, change) => {
  await expect(askForRequest(await addNode(change))).rejects.toMatchObject({ code: 'unavailable' });
});

it('asks a node whose certificate is good for a new one as before', async () => {
  expect(await askForRequest(await cluster.addNode())).toHaveProperty('csr');
});
