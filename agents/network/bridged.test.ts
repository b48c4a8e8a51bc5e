// In a network namespace of its own, so that the machine's network is never touched.
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createIp } from '../tools/ip/ip';
import { createBridgedNetwork, tapName } from './bridged';
import { describeNetworkContract } from './network-contract';
import { createUserNetwork } from './user';

describeNetworkContract('user', async () => ({
  network: createUserNetwork(),
  link: null,
  interfaces: async () => [],
  close: async () => {},
}));

const netns = `corral-${randomBytes(4).toString('hex')}`;
const sysfs = mkdtempSync(join(tmpdir(), 'corral-sysfs-'));
const ip = createIp({ name: netns, sysfs });
const network = createBridgedNetwork(ip);
// Whoever mounts it decides whose network it shows.
const mount = [`--net=/run/netns/${netns}`, 'mount', '-t', 'sysfs', 'sysfs', sysfs];
const canIsolate = process.getuid?.() === 0 && tryRun(['netns', 'add', netns]) && tryToRun('nsenter', mount);

function tryToRun(program: string, args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
function tryRun(args: string[]): boolean {
  return tryToRun('ip', args);
}

afterAll(() => rmdirSync(sysfs));

describe.skipIf(!canIsolate)('bridged NICs (need root and network namespaces)', () => {
  beforeAll(() => {
    for (const bridge of ['br0', 'br1']) tryRun(['-n', netns, 'link', 'add', bridge, 'type', 'bridge']);
  });
  afterAll(() => {
    tryToRun('umount', [sysfs]);
    tryRun(['netns', 'delete', netns]);
  });

  describeNetworkContract('bridged', async () => ({
    network,
    link: 'br0',
    interfaces: async () => readdirSync(join(sysfs, 'class/net')).filter((link) => link.startsWith('cr')),
    close: async () => {},
  }));

  const nic = { id: randomUUID(), index: 0, mode: 'bridged' as const, link: 'br0', mac: '52:54:00:aa:bb:cc' };
  const name = tapName(nic.id);
  const show = () => execFileSync('ip', ['-n', netns, '-json', 'link', 'show', name], { encoding: 'utf8' });

  test('are a tap in their bridge while plugged, also when plugged twice', async () => {
    expect(await network.links()).toEqual(['br0', 'br1']);
    const plugged = await network.plug(randomUUID(), nic);
    expect(plugged).toEqual({
      id: nic.id,
      index: 0,
      mac: nic.mac,
      netdev: { type: 'tap', ifname: name, queues: 1 },
    });
    expect(JSON.parse(show())).toMatchObject([{ ifname: name, master: 'br0', address: 'fe:54:00:aa:bb:cc' }]);
    const { ifindex } = JSON.parse(show())[0];
    expect(await network.plug(randomUUID(), { ...nic, link: 'br1' })).toEqual(plugged);
    expect(JSON.parse(show())).toMatchObject([{ ifindex, master: 'br1' }]);
  });

  test('are gone when unplugged, also when unplugged twice', async () => {
    await network.unplug(randomUUID(), nic);
    await network.unplug(randomUUID(), nic);
    expect(await ip.hasLink(name)).toBe(false);
  });

  test('carry the frames of a real guest', { timeout: 60_000 }, () => {
    tryRun(['-n', netns, 'link', 'set', 'br0', 'up']);
    const script = join(import.meta.dirname, 'testing', 'bridged-guest.ts');
    const argv = ['netns', 'exec', netns, process.execPath, '--import', 'tsx', script];
    const { expected, learned, left } = JSON.parse(execFileSync('ip', argv, { encoding: 'utf8' }));
    expect(learned).toContain(`dev ${expected} `);
    expect(left).toEqual(['br0', 'br1']);
  });

  test('name the bridges there are when theirs is missing, and leave nothing', async () => {
    const plugging = network.plug(randomUUID(), { ...nic, link: 'br9' });
    await expect(plugging).rejects.toMatchObject({
      code: 'not_found',
      message: 'Cannot plug NIC 0: the node has no bridge br9; it has br0, br1',
    });
    expect(await ip.hasLink(name)).toBe(false);
  });
});

test('a tap name fits an interface name', () => {
  expect(tapName('01234567-89ab-4cde-8f01-23456789abcd')).toBe('cr23456789abcd');
});
