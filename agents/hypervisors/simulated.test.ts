import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createFaults } from '../simulated-faults';
import { defineSimulated } from '../testing/definitions';
import { sitAtTerminal } from '../testing/terminal';
import { whenState } from '../testing/when-state';
import type { Hypervisor, StartRequest } from './hypervisor';
import { describeHypervisorContract } from './hypervisor-contract';
import { createSimulatedHypervisor } from './simulated';
import { createSimulatedDoors } from './simulated-doors';

const startOf = (name: string): StartRequest => ({
  definition: defineSimulated(name),
  boot: { kind: 'firmware' },
  disks: [],
  nics: [],
});

describeHypervisorContract('simulated', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  const peerFolder = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  const doors = createSimulatedDoors();
  let driver: Hypervisor | undefined;
  return {
    createDriver: async () => {
      driver = createSimulatedHypervisor({ folder, faults: createFaults(), doors });
      return driver;
    },
    peer: async () => createSimulatedHypervisor({ folder: peerFolder, faults: createFaults(), doors }),
    peerLeftovers: () => readdir(peerFolder),
    spareDisk: async (index) => ({ id: randomUUID(), index, path: '/simulated/spare', isMirrored: false }),
    spareNic: async (index) => ({
      id: randomUUID(),
      index,
      mac: '52:54:00:00:00:05',
      netdev: { type: 'user' },
    }),
    listening: async (name) => startOf(name),
    deaf: async (name) => startOf(`ignore-acpi-${name}`),
    withScreen: async (name) => startOf(name),
    refused: async (name) => startOf(`fail-start-${name}`),
    crash: async (id) => {
      if (!driver) throw new Error('no driver');
      const terminal = sitAtTerminal(await driver.openConsole(id, 'serial'));
      terminal.type('root');
      terminal.type('crash');
      await whenState(driver, id, 'crashed');
      terminal.leave();
    },
    guest: {
      boots: /Linux version/,
      ready: /login: /,
      login: 'root',
      prompt: /# $/,
      powerOff: 'poweroff',
      restart: 'reboot',
    },
    leftovers: () => readdir(folder),
    close: async () => {
      for (const used of [folder, peerFolder]) await rm(used, { recursive: true });
    },
  };
});

it('answers at its serial line like a small Linux', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  const driver = createSimulatedHypervisor({ folder, faults: createFaults() });
  const start = startOf('web1');
  await driver.start(start);
  const terminal = sitAtTerminal(await driver.openConsole(start.definition.id, 'serial'));
  terminal.type('root');
  terminal.type('cat /proc/meminfo');
  expect(await terminal.until(/MemAvailable/)).toMatch(
    /web1 login: root\r\n# cat \/proc\/meminfo\r\nMemTotal: +\d+ kB/,
  );
  terminal.type('ls');
  expect(await terminal.until(/not found/)).toContain('sh: ls: not found');
  await driver.close();
  await rm(folder, { recursive: true });
});

it('crashes an instance by its name', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  const driver = createSimulatedHypervisor({ folder, faults: createFaults() });
  const start = startOf('crash-web1');
  await driver.start(start);
  expect(await whenState(driver, start.definition.id, 'crashed')).toMatchObject({
    detail: 'simulated crash',
  });
  await driver.close();
  await rm(folder, { recursive: true });
});

it('misbehaves by name while it runs', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-sim-'));
  const doors = createSimulatedDoors();
  const make = (name: string) =>
    createSimulatedHypervisor({ folder: path.join(folder, name), faults: createFaults(), doors });
  const [from, to] = [make('from'), make('to')];
  const limits = { migrationBandwidthMiBs: 1, migrationDowntimeMs: 1 };
  const receive = (start: StartRequest) =>
    to.receive({ start, accelerator: 'simulated', address: '127.0.0.1' });

  await expect(receive(startOf('fail-receive-1'))).rejects.toMatchObject({ code: 'tool_failed' });
  const fails = startOf('fail-migrate-1');
  const slow = startOf('slow-migrate-1');
  for (const start of [fails, slow]) await from.start(start);
  const send = async (start: StartRequest, heard: (done: number) => void = () => {}) =>
    from.migrate({ instanceId: start.definition.id, ...(await receive(start)), ...limits }, heard);
  await expect(send(fails)).rejects.toMatchObject({ code: 'tool_failed' });
  const sending = send(slow);
  const outcome = expect(sending).rejects.toMatchObject({ code: 'canceled' });
  const { id } = slow.definition;
  await expect.poll(() => from.list().find((seen) => seen.id === id)?.migration).toBe('sending');
  await from.cancelMigration(id);
  await outcome;
  expect(from.list().map(({ operState, migration }) => [operState, migration])).toEqual([
    ['running', null],
    ['running', null],
  ]);

  const keeps = startOf('keep-device-1');
  const disk = { id: randomUUID(), index: 0, path: '/simulated/disk', isMirrored: false };
  await from.start({ ...keeps, disks: [disk] });
  await expect(from.unplugDisk(keeps.definition.id, disk.id)).rejects.toMatchObject({ code: 'tool_failed' });
  for (const driver of [from, to]) await driver.close();
  await rm(folder, { recursive: true });
});
