import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import {
  startSimulatedCluster,
  type ClusterNode,
  type SimulatedCluster,
} from '@/server/agents/testing/simulated-cluster';
import { defineSimulated } from '../testing/definitions';
import { sitAtTerminal } from '../testing/terminal';

// Certificates and synced files take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

let cluster: SimulatedCluster;
let node: ClusterNode;
let instanceId: string;

beforeAll(async () => {
  cluster = await startSimulatedCluster();
  node = await cluster.addNode();
});
afterAll(() => cluster.close());
beforeEach(async () => {
  const definition = defineSimulated('web1', { disks: [], diskTemplate: 'diskless' });
  instanceId = definition.id;
  await cluster.client.call(node, 'instance.define', { definition });
  await cluster.client.call(node, 'instance.start', { instanceId });
});

const open = (kind: 'serial' | 'screen', id = instanceId): Promise<Duplex> =>
  cluster.client.openConsole(node, id, kind);

it('carries bytes both ways, to several viewers', async () => {
  const [one, two] = [sitAtTerminal(await open('serial')), sitAtTerminal(await open('serial'))];
  await one.until(/login: /);
  one.type('root');
  one.type('nproc');
  expect(await two.until(/# nproc\r\n1\r\n/)).toContain('Linux version');
  one.leave();
  two.leave();
});

it('carries a whole screen', async () => {
  const screen = await open('screen');
  let bytes = 0;
  const arrived = new Promise<void>((resolve) =>
    screen.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > 320 * 200 * 4) resolve();
    }),
  );
  screen.write('RFB 003.008\n');
  screen.write(Buffer.from([1, 1, 3, 0, 0, 0, 0, 0, 1, 64, 0, 200]));
  await arrived;
  screen.destroy();
});

it('refuses an instance that the node does not know', async () => {
  await expect(open('serial', randomUUID())).rejects.toMatchObject({ code: 'not_found' });
});

it('refuses the screen of an instance that does not run, but shows its serial history', async () => {
  await cluster.client.call(node, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
  await expect(open('screen')).rejects.toMatchObject({ code: 'wrong_state' });
  const terminal = sitAtTerminal(await open('serial'));
  await terminal.until(/Linux version/);
  terminal.leave();
});

it('ends the viewers of an instance that is forgotten', async () => {
  const screen = await open('serial');
  screen.resume();
  const ended = once(screen, 'end');
  await cluster.client.call(node, 'instance.stop', { instanceId, force: true, timeoutMs: 0 });
  await cluster.client.call(node, 'instance.forget', { instanceId });
  await ended;
  screen.destroy();
});

it('leaves no stream behind when viewers go, politely or not', async () => {
  const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
  for (let n = 0; n < 20; n += 1) {
    const viewer = await open(n % 2 === 0 ? 'serial' : 'screen');
    viewer.resume();
    const closed = once(viewer, 'close');
    if (n % 4 < 2) viewer.end();
    else viewer.destroy();
    await closed;
  }
  const left = () =>
    process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length - before;
  while (left() > 0) await new Promise((resolve) => setImmediate(resolve));
  expect(left()).toBeLessThanOrEqual(0);
});
