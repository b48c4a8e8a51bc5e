import { randomUUID, X509Certificate } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '@/tools/test-database';
import type { AgentCredentials } from '../agents/agent-client';
import { createCa, createControlCertificate, nodeCertificateDays, signNodeCertificate } from '../agents/ca';
import { loadControlIdentity } from '../agents/control-identity';
import {
  makeNodeIdentity,
  startSimulatedCluster,
  type SimulatedCluster,
} from '../agents/testing/simulated-cluster';
import { createDb, type Db } from '../db/client';
import { storeSecret } from '../db/secrets';
import type { Watcher } from './every';
import { renewDue } from './renew-certificates';
import { renewControlCertificate } from './renew-control-certificate';

let agents: SimulatedCluster;
let database: TestDatabase;
let db: Db;
let clusterId: string;

beforeEach(async () => {
  [agents, database] = await Promise.all([startSimulatedCluster(), createTestDatabase()]);
  db = createDb(database.url, 5);
  const data = { name: 'c', hypervisors: ['simulated'], diskTemplates: ['simulated'] };
  clusterId = (await db.cluster.create({ data })).id;
});
afterEach(async () => {
  await agents.close();
  await db.$disconnect();
  await database.drop();
});

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

async function addNode(state: string, days: number) {
  const identity = await makeNodeIdentity(agents.ca, randomUUID(), days);
  const node = await agents.addNode({ identity });
  const { id, name, address } = node;
  const certificateExpiresAt = inDays(days);
  await db.node.create({ data: { id, clusterId, name, address, state, certificateExpiresAt } });
  return node;
}

async function renew(): Promise<string[]> {
  const signed: string[] = [];
  const sign = (request: { csrPem: string; nodeId: string }) => {
    signed.push(request.nodeId);
    return signNodeCertificate({ ca: agents.ca, ...request });
  };
  await renewDue({ db, agents: agents.client, sign });
  return signed;
}

it('renews a certificate after two thirds of its life, and no sooner', async () => {
  const old = await addNode('online', 20);
  await addNode('online', 60);
  expect(await renew()).toEqual([old.id]);
  const { certificateExpiresAt } = await db.node.findUniqueOrThrow({ where: { id: old.id } });
  expect(certificateExpiresAt?.getTime()).toBeGreaterThan(inDays(nodeCertificateDays - 1).getTime());
  await agents.client.call(old, 'node.facts', {});
});

it('heals a node that was off when its certificate ended', async () => {
  const back = await addNode('unreachable', -0.01);
  await addNode('unreachable', 20);
  await addNode('offline', -0.01);
  const asked = () => agents.client.call(back, 'node.facts', {}, { patienceMs: 0 });
  await expect(asked()).rejects.toMatchObject({ code: 'unavailable' });
  expect(await renew()).toEqual([back.id]);
  expect(await asked()).toMatchObject({ hostName: back.name });
});

it('takes up a control certificate that was renewed because its end is near', async () => {
  const key = 'k'.repeat(32);
  const ca = await createCa();
  const ending = await createControlCertificate(ca, 59);
  await storeSecret({ db, key, name: 'ca', value: JSON.stringify(ca) });
  await storeSecret({ db, key, name: 'control-certificate', value: JSON.stringify(ending) });
  let watcher: Watcher | undefined;
  const renewed = await new Promise<AgentCredentials>((resolve) => {
    watcher = renewControlCertificate({ db, secret: key, agents: { renew: resolve } });
  });
  watcher?.close();
  expect(renewed.ca).toBe(ca.certificate);
  expect(new Date(new X509Certificate(renewed.controlCert).validTo) > inDays(300)).toBe(true);
  expect((await loadControlIdentity(db, key)).control.certificate).toBe(renewed.controlCert);
});
