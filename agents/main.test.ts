// The bundled agent as a process of its own, as it runs on a node.
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { signNodeCertificate } from '@/server/agents/ca';
import { bundleOptions, programs } from '@/tools/build/bundles.mjs';
import { createIdentityStore } from './identity';
import { receiverProgram, receiverWord } from './tools/qemu/copy-args';
import { searchProcess } from './tools/proc/process';
import { defineSimulated } from './testing/definitions';
import { startControlPlane, type StubControlPlane } from './testing/control-plane';

let folder: string;
let control: StubControlPlane;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'corral-main-'));
  for (const program of programs.filter(({ entry }) => entry.startsWith('agents/')))
    await build({ ...bundleOptions(process.cwd(), program), outfile: path.join(folder, program.output) });
  control = await startControlPlane();
}, 60_000);
afterEach(async () => {
  for (const child of children) {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }
  children.clear();
});
afterAll(async () => {
  await control.close();
  await rm(folder, { recursive: true });
});

type Ready = { nodeId: string; address: string };

function start(program: string, args: string[], more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [path.join(folder, program), ...args], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Without programs to find: nothing is downloaded or built in the background.
    env: { ...process.env, PATH: folder, ...more },
  });
  children.add(child);
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('no pipes');
  let output = '';
  stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  // Not the child's own `close`: it does not come after a disconnect.
  const endings = [once(child, 'exit'), once(stdout, 'close'), once(stderr, 'close')];
  const ended = Promise.all(endings).then(() => ({ code: child.exitCode, output }));
  const ready = once(child, 'message').then(([message]: Ready[]) => {
    if (!message) throw new Error('no message');
    return { id: message.nodeId, name: 'node1', address: message.address };
  });
  return { child, ended, ready };
}

const startAgent = (dataDir: string, ...more: string[]) =>
  start('agent.mjs', ['run', '--data', dataDir, '--listen', '127.0.0.1:0', '--name', 'node1', ...more]);
const joining = () => ['--join', control.makeToken(), '--url', control.url];
let count = 0;
const newDataDir = () => path.join(folder, `data${(count += 1)}`);
const slow = 60_000;

it('joins, serves, and is the same node again after it was killed', { timeout: slow }, async () => {
  const dataDir = newDataDir();
  const agent = startAgent(dataDir, ...joining());
  const node = await agent.ready;
  expect(await control.client.call(node, 'node.facts', {})).toMatchObject({
    diskTemplates: expect.arrayContaining(['file']),
  });
  agent.child.kill('SIGKILL');
  await agent.ended;
  const again = startAgent(dataDir);
  const sameNode = await again.ready;
  expect(sameNode.id).toBe(node.id);
  await control.client.call(sameNode, 'instance.list', {});
  const { output } = await stopWith(again, 'SIGTERM');
  expect(output).toContain('stopping; instances keep running');
  expect(output).not.toMatch(/PRIVATE KEY/);
});

async function stopWith(agent: ReturnType<typeof start>, signal: NodeJS.Signals) {
  agent.child.kill(signal);
  const end = await agent.ended;
  expect(end).toMatchObject({ code: 0 });
  return end;
}

it('ends what it received when it was killed, and takes the disk anew', { timeout: slow }, async () => {
  const [from, to] = [newDataDir(), newDataDir()];
  const [sender, receiver] = [startAgent(from, ...joining()), startAgent(to, ...joining())];
  const disk = {
    ...{ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB: 8 },
    spec: { template: 'file' as const },
  };
  const fileIn = (dataDir: string) => path.join(dataDir, 'disks', disk.instanceId, `${disk.diskId}.raw`);
  const copies = path.join(to, 'disk-copies');
  const { client } = control;
  const [source, first] = await Promise.all([sender.ready, receiver.ready]);
  for (const node of [source, first]) await client.call(node, 'disk.create', { ...disk, wipe: true });
  await writeFile(fileIn(from), randomBytes(8 * 1024 * 1024));
  const find = () => searchProcess(receiverProgram, receiverWord(path.join(copies, disk.diskId)));

  const address = '127.0.0.1';
  await client.call(first, 'disk.receive', { ...disk, address });
  receiver.child.kill('SIGKILL');
  await receiver.ended;
  expect(await find()).not.toBeNull();
  const again = startAgent(to);
  const target = await again.ready;
  expect(await find()).toBeNull();
  expect(await readdir(copies)).toEqual([]);

  const door = await client.call(target, 'disk.receive', { ...disk, address });
  await client.call(source, 'disk.send', { ...disk, ...door });
  await client.call(target, 'disk.endCopy', { ...disk, arrived: true });
  expect((await readFile(fileIn(to))).equals(await readFile(fileIn(from)))).toBe(true);
  expect(await find()).toBeNull();
});

it('joins with a token that stands in none of its arguments', { timeout: slow }, async () => {
  const args = ['run', '--data', newDataDir(), '--listen', '127.0.0.1:0', '--name', 'node1'];
  const agent = start('agent.mjs', [...args, '--url', control.url], {
    CORRAL_JOIN_TOKEN: control.makeToken(),
  });
  await control.client.call(await agent.ready, 'node.facts', {});
  await stopWith(agent, 'SIGTERM');
});

it('joins anew with another token while nothing is on the node', { timeout: slow }, async () => {
  const dataDir = newDataDir();
  const token = control.makeToken();
  const startWith = (given: string) => startAgent(dataDir, '--join', given, '--url', control.url);
  const first = startWith(token);
  const { id } = await first.ready;
  await stopWith(first, 'SIGTERM');
  const restarted = startWith(token);
  expect((await restarted.ready).id).toBe(id);
  await stopWith(restarted, 'SIGTERM');

  const anew = startWith(control.makeToken());
  const node = await anew.ready;
  expect(node.id).not.toBe(id);
  expect(control.joined.at(-1)).toMatchObject({ nodeId: node.id });
  await control.client.call(node, 'instance.define', {
    definition: { ...defineSimulated('web1'), hypervisor: 'kvm', diskTemplate: 'file' },
  });
  expect((await stopWith(anew, 'SIGTERM')).output).toContain('joining anew');

  const kept = startWith(control.makeToken());
  expect((await kept.ready).id).toBe(node.id);
  expect((await stopWith(kept, 'SIGTERM')).output).toContain('it still has 1 instance and 0 disks');
});

it('keeps an identity of which it does not know the token', { timeout: slow }, async () => {
  const dataDir = newDataDir();
  const agent = startAgent(dataDir, ...joining());
  const { id } = await agent.ready;
  await stopWith(agent, 'SIGTERM');
  const file = path.join(dataDir, 'identity.json');
  const { tokenId, ...older } = JSON.parse(await readFile(file, 'utf8'));
  expect(tokenId).toBeTruthy();
  await writeFile(file, JSON.stringify(older));
  const again = startAgent(dataDir, ...joining());
  expect((await again.ready).id).toBe(id);
  expect((await stopWith(again, 'SIGTERM')).output).toContain('the join token is not used');
});

it('ends when the program that started it has gone', { timeout: slow }, async () => {
  const agent = startAgent(newDataDir(), ...joining());
  await agent.ready;
  agent.child.disconnect();
  expect(await agent.ended).toMatchObject({ code: 0 });
});

it('refuses a data folder that another agent works in', { timeout: slow }, async () => {
  const dataDir = newDataDir();
  const agent = startAgent(dataDir, ...joining());
  await agent.ready;
  const second = await startAgent(dataDir).ended;
  expect(second).toEqual({
    code: 1,
    output: `corral agent: Another agent (process ${agent.child.pid}) already works in ${dataDir}\n`,
  });
  await stopWith(agent, 'SIGINT');
});

it('leaves when it is told to, and ends', { timeout: slow }, async () => {
  const dataDir = newDataDir();
  const agent = startAgent(dataDir, ...joining());
  const node = await agent.ready;
  await control.client.call(node, 'node.leave', {});
  expect(await agent.ended).toMatchObject({ code: 0 });
  expect(await createIdentityStore(dataDir).read()).toBeNull();
});

it('uses a renewed certificate also after a restart', { timeout: slow }, async () => {
  const dataDir = newDataDir();
  const agent = startAgent(dataDir, ...joining());
  const node = await agent.ready;
  const { csr } = await control.client.call(node, 'certificate.request', {});
  const certificate = await signNodeCertificate({ ca: control.ca, csrPem: csr, nodeId: node.id });
  await control.client.call(node, 'certificate.install', { certificate });
  agent.child.kill('SIGKILL');
  await agent.ended;
  expect(await createIdentityStore(dataDir).read()).toMatchObject({ certificate });
  await control.client.call(await startAgent(dataDir).ready, 'node.facts', {});
});

it('says in one line why it cannot start', { timeout: slow }, async () => {
  const used = control.makeToken();
  await stopWith(await readyAgent(startAgent(newDataDir(), '--join', used, '--url', control.url)), 'SIGTERM');
  const attempts: [string[], number, RegExp][] = [
    [[], 1, /has not joined yet: give a join token/],
    [['--join', used, '--url', control.url], 1, /Cannot join: The join token is not known/],
    [['--join', used], 2, /A join token and --url belong together/],
    [['--join', used, '--url', 'nowhere'], 2, /--url nowhere is not/],
    [['--colour', 'red'], 2, /--colour/],
  ];
  for (const [args, code, words] of attempts) {
    const end = await startAgent(newDataDir(), ...args).ended;
    expect(end).toEqual({ code, output: expect.stringMatching(words) });
    expect(end.output.trim().split('\n')).toHaveLength(1);
  }
});

async function readyAgent(agent: ReturnType<typeof start>) {
  await agent.ready;
  return agent;
}

it('keeps its one-time token when its port is taken', { timeout: slow }, async () => {
  const agent = await readyAgent(startAgent(newDataDir(), ...joining()));
  const { address } = await agent.ready;
  const args = ['run', '--data', newDataDir(), '--listen', address, '--name', 'node2'];
  const before = control.joined.length;
  const end = await start('agent.mjs', [...args, ...joining()]).ended;
  expect(end).toMatchObject({ code: 1, output: expect.stringContaining(`Cannot listen on ${address}`) });
  expect(control.joined).toHaveLength(before);
  await stopWith(agent, 'SIGTERM');
});

it('runs many simulated nodes on one port, and again without tokens', { timeout: slow }, async () => {
  const dataDir = newDataDir();
  const tokens = path.join(folder, 'tokens.json');
  await writeFile(tokens, JSON.stringify([control.makeToken(), control.makeToken(), control.makeToken()]));
  const args = ['--data', dataDir, '--listen', '127.0.0.1:0', '--url', control.url];
  const before = control.joined.length;
  const first = start('simulated-agents.mjs', [...args, '--tokens-file', tokens]);
  await first.ready;
  const nodes = control.joined.slice(before);
  expect(nodes.map(({ name }) => name).toSorted()).toEqual(['sim-001', 'sim-002', 'sim-003']);
  for (const { nodeId, name, address } of nodes)
    expect(await control.client.call({ id: nodeId, name, address }, 'node.facts', {})).toMatchObject({
      hostName: name,
    });
  await stopWith(first, 'SIGTERM');
  const second = start('simulated-agents.mjs', [...args, '--nodes', '3']);
  await second.ready;
  await stopWith(second, 'SIGTERM');
  expect(await readFile(path.join(dataDir, 'sim-001', 'identity.json'), 'utf8')).toContain('nodeId');
});
