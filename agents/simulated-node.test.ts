import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, vi } from 'vitest';
import { AppError } from '@/contract/errors';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { describeAgentContract } from './agent-contract';
import type { CallContext } from './calls/handlers';
import { disksOf } from './definitions';
import { createSimulatedDoors, type SimulatedDoors } from './hypervisors/simulated-doors';
import { createIdentityStore } from './identity';
import { openSimulatedNode, type SimulatedNode } from './simulated-node';
import { defineSimulated } from './testing/definitions';
import { makeTempFolder } from './testing/temp-folder';

// Certificates and synced files take their time on a busy machine.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const openIn = (dataDir: string, doors?: SimulatedDoors): Promise<SimulatedNode> =>
  openSimulatedNode({
    doors,
    nodeId: randomUUID(),
    name: 'sim-001',
    dataDir,
    store: createIdentityStore(dataDir),
    log: () => {},
    onRenewed: async () => {},
    onLeft: () => {},
    size: { threads: 4, memoryMiB: 4_096, diskMiB: 10_000 },
  });

const patient = (): CallContext => ({
  signal: new AbortController().signal,
  log: () => {},
  progress: () => {},
});

describeAgentContract('simulated', async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  const doors = createSimulatedDoors();
  const node = await openIn(path.join(dataDir, 'one'), doors);
  const peer = await openIn(path.join(dataDir, 'other'), doors);
  return {
    door: node,
    peer,
    peerHeld: async () => peer.pluggedNics(),
    define: (name) => defineSimulated(name),
    failNextStart: async () => node.faults.fail('hypervisor.start'),
    guest: { ready: /login: /, login: 'root', prompt: /# $/, powerOff: 'poweroff' },
    held: async () => node.pluggedNics(),
    close: async () => {
      await node.close();
      await peer.close();
      await rm(dataDir, { recursive: true });
    },
  };
});

async function makeOn({ handlers }: SimulatedNode, definition: InstanceDefinition): Promise<void> {
  await handlers['instance.define']({ definition }, patient());
  for (const disk of disksOf(definition)) await handlers['disk.create']({ ...disk, wipe: true }, patient());
}

it('finds running instances and their definitions again after a restart', async () => {
  const dataDir = await makeTempFolder();
  const first = await openIn(dataDir);
  const definition = defineSimulated('web1');
  await makeOn(first, definition);
  await first.handlers['instance.start']({ instanceId: definition.id }, patient());
  await first.close();
  const second = await openIn(dataDir);
  expect(await second.handlers['instance.list']({}, patient())).toMatchObject({
    instances: [{ id: definition.id, operState: 'running' }],
    defined: [definition],
  });
  const facts = await second.handlers['node.facts']({}, patient());
  expect(facts.memory.freeMiB).toBe(4_096 - 128);
  expect(facts.pools).toMatchObject([
    { kind: 'folder', freeMiB: 10_000 - 64 },
    { kind: 'vg', name: 'corral', freeMiB: 10_000 },
  ]);
  await second.close();
});

it.each(['storage.assemble', 'storage.open', 'network.plug', 'os.boot', 'hypervisor.start'] as const)(
  'leaves nothing plugged when %s fails, and tells whose start it was',
  async (point) => {
    const node = await openIn(await makeTempFolder());
    const definition = defineSimulated('web1');
    await makeOn(node, definition);
    node.faults.fail(point, { error: new AppError('tool_failed', 'it broke') });
    await expect(
      node.handlers['instance.start']({ instanceId: definition.id }, patient()),
    ).rejects.toMatchObject({
      code: 'tool_failed',
      message: 'Cannot start web1: it broke',
    });
    expect(node.pluggedNics()).toEqual([]);
    expect(node.faults.count('storage.shutdown')).toBe(1);
    await node.close();
  },
);

it('gives up a call that waits for its turn when its caller goes, without holding up the next', async () => {
  const node = await openIn(await makeTempFolder());
  const definition = defineSimulated('web1', { disks: [] });
  await makeOn(node, definition);
  const release = node.faults.hang('hypervisor.start');
  const instanceId = definition.id;
  const first = node.handlers['instance.start']({ instanceId }, patient());
  const impatient = new AbortController();
  const second = node.handlers['instance.start']({ instanceId }, { ...patient(), signal: impatient.signal });
  const third = node.handlers['instance.stop']({ instanceId, force: true, timeoutMs: 0 }, patient());
  impatient.abort();
  await expect(second).rejects.toMatchObject({ code: 'canceled' });
  release();
  await first;
  expect(await third).toEqual({ forced: true });
  await node.close();
});

it('refuses a bridge and an ISO file that the node does not have', async () => {
  const node = await openIn(await makeTempFolder());
  const nic = { id: randomUUID(), index: 0, mode: 'bridged' as const, link: 'br9', mac: '02:00:00:00:00:01' };
  for (const definition of [
    defineSimulated('web1', { disks: [], nics: [nic] }),
    defineSimulated('web2', { disks: [], os: { kind: 'iso', iso: 'nothing.iso' } }),
  ]) {
    await makeOn(node, definition);
    const start = node.handlers['instance.start']({ instanceId: definition.id }, patient());
    await expect(start).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringContaining(definition.name),
    });
  }
  await node.close();
});

it('misbehaves by name', async () => {
  const node = await openIn(await makeTempFolder());
  await expect(makeOn(node, defineSimulated('fail-disk-1'))).rejects.toMatchObject({
    code: 'tool_failed',
    message: 'Cannot create disk 0 of fail-disk-1: simulated failure of the disk',
  });
  const failing = defineSimulated('fail-os-1', { disks: [] });
  await makeOn(node, failing);
  await expect(node.handlers['os.install']({ instanceId: failing.id }, patient())).rejects.toMatchObject({
    message: 'Cannot install the OS of fail-os-1: simulated failure of the installation',
  });
  await node.close();
});
