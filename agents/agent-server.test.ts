import { randomUUID } from 'node:crypto';
import { request, type RequestOptions } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { nodeTlsName } from '@/contract/agent-calls';
import { createAgentClient } from '@/server/agents/agent-client';
import {
  createCa,
  createControlCertificate,
  signNodeCertificate,
  type CertificateAndKey,
} from '@/server/agents/ca';
import {
  makeNodeIdentity,
  startSimulatedCluster,
  type ClusterNode,
  type SimulatedCluster,
} from '@/server/agents/testing/simulated-cluster';
import { createAgentServer } from './agent-server';
import { defineSimulated } from './testing/definitions';

// Certificates and synced files take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let cluster: SimulatedCluster;
let node: ClusterNode;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
  node = await cluster.addNode();
});
afterAll(() => cluster.close());

const portOf = ({ address }: ClusterNode) => Number(address.split(':')[1]);
const impatient = { patienceMs: 0 };

function tlsOptions(caller: CertificateAndKey | null): ConnectionOptions {
  return {
    host: '127.0.0.1',
    port: portOf(node),
    servername: nodeTlsName(node.id),
    ca: cluster.ca.certificate,
    cert: caller?.certificate,
    key: caller?.key,
  };
}

/** The status that a call by this caller gets, or how the connection ended. */
function callAs(options: RequestOptions, body = '{}'): Promise<number | string> {
  return new Promise((resolve) => {
    const asking = request(
      { ...options, path: '/node.facts', method: 'POST', headers: { 'content-type': 'application/json' } },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      },
    );
    asking.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
    asking.end(body);
  });
}

/** Reads until the connection ends; answers all that came. */
function readToEnd(socket: TLSSocket): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('error', () => {});
    socket.on('close', () => resolve(text));
  });
}

const control = (): CertificateAndKey => ({
  certificate: cluster.credentials.controlCert,
  key: cluster.credentials.controlKey,
});

it('answers the control plane', async () => {
  expect(await callAs(tlsOptions(control()))).toBe(200);
});

it('refuses a caller without a certificate', async () => {
  expect(await callAs(tlsOptions(null))).not.toBe(200);
});

it("refuses a control certificate of another cluster's CA", async () => {
  const foreign = await createControlCertificate(await createCa());
  expect(await callAs(tlsOptions(foreign))).not.toBe(200);
});

it("refuses another node's certificate, though it is of the same CA", async () => {
  const other = await makeNodeIdentity(cluster.ca, randomUUID());
  expect(await callAs(tlsOptions(other))).not.toBe(200);
});

it('refuses a certificate of the same CA that may call but does not name the control plane', async () => {
  const impostor = await signImpostor(cluster.ca);
  expect(await callAs(tlsOptions(impostor))).not.toBe(200);
});

it('speaks nothing older than TLS 1.3', async () => {
  const old = connect({ ...tlsOptions(control()), maxVersion: 'TLSv1.2' });
  const ended = await new Promise<string>((resolve) => {
    old.on('error', (error) => resolve(error.message));
    old.on('secureConnect', () => resolve('connected'));
  });
  expect(ended).toMatch(/protocol version/i);
});

it('has its client find out that another node lives at an address', async () => {
  const moved = { ...node, id: randomUUID(), name: 'node9' };
  await expect(cluster.client.call(moved, 'node.facts', {})).rejects.toMatchObject({
    code: 'unavailable',
    message: `The machine at ${node.address} does not prove to be node9`,
    details: expect.objectContaining({ impostor: true }),
  });
});

it('puts off whoever asks for another node while one is joining', async () => {
  const server = createAgentServer({ log: () => {} });
  server.addNode(await makeNodeIdentity(cluster.ca, node.id), node.simulated);
  const address = `127.0.0.1:${await server.listen('127.0.0.1', 0)}`;
  const late = { id: randomUUID(), name: 'node9', address };
  const isThere = server.expectNode();
  const message = `node9 does not answer at ${address}`;
  await expect(cluster.client.call(late, 'node.facts', {}, impatient)).rejects.toMatchObject({ message });
  await expect(cluster.client.call({ ...node, address }, 'node.facts', {})).resolves.toBeDefined();
  isThere();
  await expect(cluster.client.call(late, 'node.facts', {}, impatient)).rejects.toMatchObject({
    details: expect.objectContaining({ impostor: true }),
  });
  await server.close();
});

it('has a client of another CA find out likewise', async () => {
  const ca = await createCa();
  const { certificate, key } = await createControlCertificate(ca);
  const client = createAgentClient({ controlCert: certificate, controlKey: key, ca: ca.certificate });
  await expect(client.call(node, 'node.facts', {}, impatient)).rejects.toMatchObject({
    code: 'unavailable',
    details: expect.objectContaining({ impostor: true }),
  });
  await client.close();
});

it('cuts off a body that is larger than any call, and goes on serving', async () => {
  const answer = await callAs(tlsOptions(control()), JSON.stringify({ pad: 'x'.repeat(1_200_000) }));
  expect(answer).not.toBe(200);
  expect(await callAs(tlsOptions(control()))).toBe(200);
});

it('answers nonsense without falling over', async () => {
  for (const nonsense of [
    'GARBAGE\r\n\r\n',
    'GET /console/x/y HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: corral-console\r\n\r\n',
    `POST /${'x'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
  ]) {
    const socket = connect(tlsOptions(control()), () => socket.write(nonsense));
    expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 4\d\d /);
  }
  expect(await callAs(tlsOptions(control()))).toBe(200);
});

it('cuts off a caller that sends its request too slowly', async () => {
  const server = createAgentServer({
    log: () => {},
    limits: { headersTimeout: 50, connectionsCheckingInterval: 20 },
  });
  const port = await server.listen('127.0.0.1', 0);
  server.addNode(await makeNodeIdentity(cluster.ca, node.id), node.simulated);
  const socket = connect({ ...tlsOptions(control()), port }, () =>
    socket.write('POST /node.facts HTTP/1.1\r\nX-'),
  );
  expect(await readToEnd(socket)).toMatch(/^HTTP\/1\.1 408 /);
  await server.close();
});

it('says which call and which parameter is wrong', async () => {
  const bad: { instanceId: string } = { instanceId: 'not-an-id' };
  await expect(cluster.client.call(node, 'instance.start', bad)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/instance\.start[^]*instanceId/),
  });
});

it('renews its certificate under load without losing a call or a watch', async () => {
  const { client } = cluster;
  const watching = new AbortController();
  const watch = client.watch(node, watching.signal)[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: 'snapshot' });
  let stop = false;
  let calls = 0;
  const load = async () => {
    while (!stop) {
      await client.call(node, 'instance.list', {}, impatient);
      calls += 1;
    }
  };
  // Settled, so that a call that is lost is told of below and not as nobody's.
  const loads = Promise.allSettled([load(), load(), load()]);
  const before = await serialNumber();
  for (let round = 0; round < 3; round += 1) {
    const { csr } = await client.call(node, 'certificate.request', {});
    const certificate = await signNodeCertificate({ ca: cluster.ca, csrPem: csr, nodeId: node.id });
    await client.call(node, 'certificate.install', { certificate });
    await client.call(node, 'certificate.install', { certificate });
  }
  const renewedAt = calls;
  await Promise.race([loads, expect.poll(() => calls, { timeout: 20_000 }).toBeGreaterThan(renewedAt + 5)]);
  stop = true;
  expect((await loads).filter(({ status }) => status === 'rejected')).toEqual([]);
  expect(await serialNumber()).not.toBe(before);
  const change = watch.next();
  await client.call(node, 'node.configure', { accelerator: 'tcg' });
  expect((await change).value).toMatchObject({ kind: expect.stringMatching(/facts|beat/) });
  watching.abort();
});

it('refuses a certificate that it did not ask for', async () => {
  const { client } = cluster;
  const foreign = await makeNodeIdentity(cluster.ca, node.id);
  await expect(client.call(node, 'certificate.install', foreign)).rejects.toMatchObject({
    code: 'wrong_state',
  });
  await client.call(node, 'certificate.request', {});
  await expect(client.call(node, 'certificate.install', foreign)).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringContaining('another key'),
  });
});

it('lets a node leave only when it is empty, and then serves it no more', async () => {
  const leaver = await cluster.addNode();
  const definition = defineSimulated('web1');
  await cluster.client.call(leaver, 'instance.define', { definition });
  await expect(cluster.client.call(leaver, 'node.leave', {})).rejects.toMatchObject({
    code: 'wrong_state',
    message: 'Cannot leave: the node still has 1 instance and 0 disks',
  });
  await cluster.client.call(leaver, 'instance.forget', { instanceId: definition.id });
  await cluster.client.call(leaver, 'node.leave', {});
  await expect(cluster.client.call(leaver, 'node.facts', {}, impatient)).rejects.toMatchObject({
    code: 'unavailable',
  });
  expect(await callAs(tlsOptions(control()))).toBe(200);
});

async function serialNumber(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(tlsOptions(control()), () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

/** clientAuth like the control plane's certificate, but in a node's name. */
async function signImpostor(ca: CertificateAndKey): Promise<CertificateAndKey> {
  const x509 = await import('@peculiar/x509');
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const [caKey] = x509.PemConverter.decode(ca.key);
  if (!caKey) throw new Error('no CA key');
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: '01',
    subject: 'CN=impostor',
    issuer: new x509.X509Certificate(ca.certificate).subject,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 60_000),
    publicKey: keys.publicKey,
    signingKey: await crypto.subtle.importKey('pkcs8', caKey, algorithm, false, ['sign']),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
      new x509.SubjectAlternativeNameExtension([
        { type: 'url', value: 'spiffe://corral/control.evil' },
        { type: 'dns', value: 'a, URI:spiffe://corral/control' },
      ]),
    ],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), key: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}
