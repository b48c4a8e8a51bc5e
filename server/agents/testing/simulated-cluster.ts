// A certificate authority, simulated nodes on one port of this process, and a client that may call them. For tests of whatever needs agents.
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeKeyAndRequest } from '@/agents/identity-keys';
import type { Identity } from '@/agents/identity';
import type { SimulatedNode } from '@/agents/simulated-node';
import { startSimulatedNodes, type OpenNode, type SimulatedNodes } from '@/agents/simulated-nodes';
import {
  createAgentClient,
  type AgentAddress,
  type AgentClient,
  type AgentCredentials,
} from '../agent-client';
import { createCa, createControlCertificate, signNodeCertificate, type CertificateAndKey } from '../ca';

export type ClusterNode = AgentAddress & { simulated: SimulatedNode };

export type SimulatedCluster = {
  readonly ca: CertificateAndKey;
  readonly credentials: AgentCredentials;
  readonly client: AgentClient;
  readonly nodes: SimulatedNodes;
  readonly dataDir: string;
  /** Of the disk images of the control plane. */
  readonly imageFolder: string;
  /** A node with its own identity, ready to be called. */
  addNode(options?: Partial<OpenNode> & { id?: string }): Promise<ClusterNode>;
  close(): Promise<void>;
};

export async function startSimulatedCluster(): Promise<SimulatedCluster> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'corral-nodes-'));
  const ca = await createCa();
  const control = await createControlCertificate(ca);
  const credentials = { controlCert: control.certificate, controlKey: control.key, ca: ca.certificate };
  const nodes = await startSimulatedNodes({ dataDir, host: '127.0.0.1', port: 0, log: () => {} });
  const client = createAgentClient(credentials);
  let count = 0;
  return {
    ca,
    credentials,
    client,
    nodes,
    dataDir,
    imageFolder: path.join(dataDir, 'console-images'),
    addNode: async ({ id = randomUUID(), ...options } = {}) => {
      count += 1;
      const name = options.name ?? `sim-${String(count).padStart(3, '0')}`;
      const identity = options.identity ?? (await makeNodeIdentity(ca, id));
      const simulated = await nodes.open({ ...options, name, identity });
      return { id: identity.nodeId, name, address: nodes.address, simulated };
    },
    close: async () => {
      await client.close();
      await nodes.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** `days`: how long its certificate is good for. Below nothing, it has ended already. */
export async function makeNodeIdentity(
  ca: CertificateAndKey,
  nodeId: string,
  days?: number,
): Promise<Identity> {
  const { key, csr } = await makeKeyAndRequest(nodeId);
  const certificate = await signNodeCertificate({ ca, csrPem: csr, nodeId, days });
  return { nodeId, url: 'http://control.test', key, certificate, ca: ca.certificate };
}
