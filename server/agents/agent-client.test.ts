import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { defineSimulated } from '@/agents/testing/definitions';
import { AppError } from '@/contract/errors';
import { createAgentClient, usualLimits } from './agent-client';
import { createControlCertificate } from './ca';
import { startPassage, startSilentMachine } from './testing/silent-machine';
import { startSimulatedCluster, type ClusterNode, type SimulatedCluster } from './testing/simulated-cluster';

let cluster: SimulatedCluster;
let node: ClusterNode;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
  node = await cluster.addNode();
});
afterAll(() => cluster.close());

it('takes an instance from definition to a running guest and back to nothing', async () => {
  const { client } = cluster;
  const definition = defineSimulated('web1');
  const [disk] = definition.disks;
  if (!disk) throw new Error('no disk');
  const instanceId = definition.id;
  const ref = { instanceId, diskId: disk.id, sizeMiB: 64, spec: disk.spec };
  const progress: number[] = [];
  const lines: string[] = [];
  await client.call(node, 'instance.define', { definition });
  await client.call(
    node,
    'disk.create',
    { ...ref, wipe: true },
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

const impatient = { patienceMs: 0 };

async function defineOn(name: string) {
  const definition = defineSimulated(name);
  const [disk] = definition.disks;
  if (!disk) throw new Error('no disk');
  await cluster.client.call(node, 'instance.define', { definition });
  const ref = { instanceId: definition.id, diskId: disk.id, spec: disk.spec };
  return { instanceId: definition.id, disk: { ...ref, sizeMiB: disk.sizeMiB } };
}

it('throws the error that the agent threw, with code, message and details', async () => {
  const { disk } = await defineOn('web2');
  await expect(
    cluster.client.call(node, 'disk.create', { ...disk, sizeMiB: 60_000_000, wipe: true }),
  ).rejects.toSatisfy(
    (error) =>
      error instanceof AppError &&
      error.code === 'no_resources' &&
      error.message.startsWith('Cannot create disk 0 of web2: ') &&
      error.details['neededMiB'] === 60_000_000,
  );
  await expect(
    cluster.client.call(node, 'instance.start', { instanceId: randomUUID() }),
  ).rejects.toMatchObject({ code: 'not_found' });
});

it('brings progress and log lines while the call still runs', async () => {
  const { disk } = await defineOn('slow-disk-1');
  const canceling = new AbortController();
  const seen: number[] = [];
  const onProgress = (done: number) => {
    seen.push(done);
    canceling.abort();
  };
  const creating = cluster.client.call(
    node,
    'disk.create',
    { ...disk, wipe: true },
    { signal: canceling.signal, onProgress },
  );
  await expect(creating).rejects.toMatchObject({ code: 'canceled' });
  expect(seen[0]).toBeGreaterThan(0);
  expect(seen[0]).toBeLessThan(1);
  // The abort reached the driver: it wrote nothing, and the next call on the instance is not held up.
  await cluster.client.call(node, 'disk.remove', disk);
  expect((await cluster.client.call(node, 'disk.list', {})).disks).not.toContainEqual(disk);
});

it('lets the caller give up a call that hangs, in the driver too', async () => {
  const { faults } = node.simulated;
  const { instanceId, disk } = await defineOn('web3');
  await cluster.client.call(node, 'disk.create', { ...disk, wipe: true });
  const before = faults.count('os.install');
  faults.hang('os.install');
  const canceling = new AbortController();
  const installing = cluster.client.call(node, 'os.install', { instanceId }, { signal: canceling.signal });
  while (faults.count('os.install') === before) await new Promise((resolve) => setImmediate(resolve));
  canceling.abort();
  await expect(installing).rejects.toMatchObject({ code: 'canceled' });
  await cluster.client.call(node, 'os.install', { instanceId });
});

it('says which node does not answer', async () => {
  const gone = { id: randomUUID(), name: 'node7', address: await unusedAddress() };
  const unavailable = { code: 'unavailable', message: `node7 does not answer at ${gone.address}` };
  await expect(cluster.client.call(gone, 'node.facts', {}, impatient)).rejects.toMatchObject(unavailable);
  await expect(cluster.client.openConsole(gone, randomUUID(), 'serial')).rejects.toMatchObject(unavailable);
  const watch = cluster.client.watch(gone, new AbortController().signal)[Symbol.asyncIterator]();
  await expect(watch.next()).rejects.toMatchObject(unavailable);
});

it('takes a machine that never finishes a connection for unreachable, not for slow', async () => {
  // Trying again takes longer than an answer may: the one must not eat into the other.
  const answerMs = { ...usualLimits.answerMs, quick: 1_000 };
  const limits = { ...usualLimits, connectMs: 50, patienceMs: 1_500, answerMs };
  const client = createAgentClient(cluster.credentials, limits);
  const silent = await startSilentMachine();
  const dead = { id: randomUUID(), name: 'node7', address: silent.address };
  await expect(client.call(dead, 'node.facts', {})).rejects.toMatchObject({
    code: 'unavailable',
    message: `node7 does not answer at ${dead.address}`,
  });
  silent.close();
  await client.close();
});

it('says which node was reached and did not answer in time', async () => {
  const answerMs = { ...usualLimits.answerMs, short: 20 };
  const limits = { ...usualLimits, connectMs: 1_000, patienceMs: 0, answerMs };
  const client = createAgentClient(cluster.credentials, limits);
  const { instanceId, disk } = await defineOn('web4');
  await cluster.client.call(node, 'disk.create', { ...disk, wipe: true });
  await cluster.client.call(node, 'instance.start', { instanceId });
  node.simulated.faults.hang('hypervisor.reset');
  await expect(client.call(node, 'instance.reset', { instanceId })).rejects.toMatchObject({
    code: 'timeout',
    message: `${node.name} did not answer in 0.02 s`,
  });
  const sooner = { answerMs: 10 };
  await expect(client.call(node, 'instance.reset', { instanceId }, sooner)).rejects.toMatchObject({
    code: 'timeout',
    message: `${node.name} did not answer in 0.01 s`,
  });
  await client.close();
});

it('asks again on a new connection when the node fell silent on the old ones', async () => {
  const { faults } = node.simulated;
  const { instanceId, disk } = await defineOn('web5');
  await cluster.client.call(node, 'disk.create', { ...disk, wipe: true });
  const before = faults.count('os.install');
  const release = faults.hang('os.install');
  const passage = await startPassage(node.address);
  const far = { ...node, address: passage.address };
  const client = createAgentClient(cluster.credentials, { ...usualLimits, silenceMs: 100 });
  const installing = client.call(far, 'os.install', { instanceId });
  while (faults.count('os.install') === before) await new Promise((resolve) => setImmediate(resolve));
  passage.freeze();
  const watch = client.watch(far, new AbortController().signal)[Symbol.asyncIterator]();
  const untilItEnds = async () => {
    while (!(await watch.next()).done);
  };
  await expect(untilItEnds()).rejects.toMatchObject({ code: 'unavailable' });
  release();
  expect(await installing).toEqual({});
  await client.close();
  passage.close();
});

it('calls with the certificate that it was given last', async () => {
  const ended = await createControlCertificate(cluster.ca, -0.01);
  const credentials = {
    ...cluster.credentials,
    controlCert: ended.certificate,
    controlKey: ended.key,
  };
  const client = createAgentClient(credentials);
  await expect(client.call(node, 'node.facts', {}, impatient)).rejects.toMatchObject({ code: 'unavailable' });
  client.renew(cluster.credentials);
  expect(await client.call(node, 'node.facts', {}, impatient)).toMatchObject({ hostName: node.name });
  await client.close();
});

it('reaches a node that comes back within its patience', async () => {
  const address = await unusedAddress();
  const away = { ...node, address };
  const calling = cluster.client.call(away, 'instance.list', {}, { patienceMs: 20_000 });
  const proxy = await forward(address, node.address);
  expect(await calling).toHaveProperty('instances');
  proxy.close();
});

it('has no patience any more with a node that will not answer', async () => {
  const gone = { id: randomUUID(), name: 'node7', address: await unusedAddress() };
  const answers = [true, true, false];
  const mayAnswer = async () => answers.shift() ?? true;
  const calling = cluster.client.call(gone, 'node.facts', {}, { patienceMs: 600_000, mayAnswer });
  await expect(calling).rejects.toMatchObject({ code: 'unavailable' });
  expect(answers).toEqual([]);
});

it('ends a watch when the node is cut off, and not before', async () => {
  const other = await cluster.addNode();
  const watch = cluster.client.watch(other, new AbortController().signal)[Symbol.asyncIterator]();
  expect((await watch.next()).value).toMatchObject({ kind: 'snapshot', facts: { hostName: other.name } });
  const waiting = watch.next();
  await cluster.nodes.cut(other.id);
  await expect(waiting).rejects.toMatchObject({ code: 'unavailable' });
});

it('ends a watch without an error when its caller has had enough', async () => {
  const stop = new AbortController();
  const watch = cluster.client.watch(node, stop.signal)[Symbol.asyncIterator]();
  await watch.next();
  stop.abort();
  for (;;) if ((await watch.next()).done) break;
});

it('gives its calls up when it is closed', async () => {
  const client = createAgentClient(cluster.credentials);
  const gone = { id: randomUUID(), name: 'node7', address: await unusedAddress() };
  const calling = client.call(gone, 'node.facts', {});
  const outcome = expect(calling).rejects.toMatchObject({ name: 'AppError' });
  await client.close();
  await outcome;
});

it('puts calls into one request that are asked for together, each with its own answer or error', async () => {
  const unknown = { instanceId: randomUUID() };
  const [facts, list, refusal] = await Promise.all([
    cluster.client.call(node, 'node.facts', {}, { together: true }),
    cluster.client.call(node, 'instance.list', {}, { together: true }),
    cluster.client.call(node, 'instance.start', unknown, { together: true }).catch((error: unknown) => error),
  ]);
  expect(facts.hostName).toBe(node.name);
  expect(list).toHaveProperty('defined');
  expect(refusal).toMatchObject({ code: 'not_found' });
});

it('calls many nodes on one port, each as itself', async () => {
  const nodes = await Promise.all(Array.from({ length: 10 }, () => cluster.addNode()));
  const facts = await Promise.all(nodes.map((one) => cluster.client.call(one, 'node.facts', {})));
  expect(facts.map(({ hostName }) => hostName)).toEqual(nodes.map(({ name }) => name));
});

async function unusedAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A listening TCP server's address is never a pipe's name.
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

async function forward(from: string, to: string): Promise<{ close(): void }> {
  const portOf = (address: string) => Number(address.split(':')[1]);
  const server = createServer((socket) => {
    const onward = connect(portOf(to), '127.0.0.1');
    for (const one of [socket, onward]) one.on('error', () => onward.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(portOf(from), '127.0.0.1', resolve));
  return { close: () => server.close() };
}
