// Against what xl of Xen 4.17.5 printed.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseDevices, parseDomains, parseInfo, vdevNumber } from './parse';

const printed = (name: string) => readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
const uuid = '5a9c3a6e-0b1c-4c1e-9d77-0000000000a1';

test('reads the domains of a node', () => {
  const running = { isPaused: false, isShutdown: false, isDying: false, reason: null };
  const [node, guest, ...more] = parseDomains(printed('list-4.17.5.txt'));
  expect(node).toMatchObject({ name: 'Domain-0', domid: 0, memoryMiB: 1024 });
  expect(guest).toEqual({ ...running, name: 'pv1', domid: 1, uuid, memoryMiB: 128, vcpus: 1 });
  expect(more).toEqual([]);
});

test.each([
  ['---s--', '0', { isShutdown: true, reason: 'poweroff' }],
  ['--psr-', '1', { isShutdown: true, isPaused: true, reason: 'reboot' }],
  ['---ss-', '2', { isShutdown: true, reason: 'suspend' }],
  ['---sc-', '3', { isShutdown: true, reason: 'crash' }],
  ['---s-d', '5', { isShutdown: true, isDying: true, reason: 'other' }],
  ['--p---', '-', { isPaused: true, isShutdown: false, reason: null }],
  ['------', '-', { isPaused: false, isShutdown: false, reason: null }],
])('reads the state %s with the reason %s', (state, code, expected) => {
  const line = `my vm 1                                     23   128     1     ${state}       5.2 ${uuid}                ${code}                -\n`;
  expect(parseDomains(line)).toMatchObject([{ name: 'my vm 1', domid: 23, uuid, ...expected }]);
});

test('takes nothing else for a domain', () => {
  expect(parseDomains('')).toEqual([]);
  expect(parseDomains('nope is an invalid domain identifier (rc=-6)\n')).toEqual([]);
});

test('reads what Xen says of itself', () => {
  expect(parseInfo(printed('info-4.17.5.txt'))).toMatchObject({
    commandLine: expect.stringMatching(/^console=com1 .* dom0_mem=1024M,max:1024M /),
    ...{ version: '4.17.5', totalMiB: 2047, freeMiB: 872, cpus: 1, scheduler: 'credit2' },
    capabilities: ['pv', 'hvm', 'hap', 'shadow', 'gnttab-v1', 'gnttab-v2'],
  });
  expect(parseInfo("ERROR:  Can't find hypervisor information in sysfs!\n")).toBeNull();
});

test('reads disks and NICs', () => {
  expect(parseDevices(printed('disks-4.17.5.txt'))).toEqual([
    { number: vdevNumber('xvda'), isConnected: true, mac: null },
    { number: vdevNumber('xvdb'), isConnected: true, mac: null },
  ]);
  expect(parseDevices(printed('nics-4.17.5.txt')).map(({ number, mac }) => [number, mac])).toEqual([
    [0, '00:16:3e:11:22:33'],
    [1, '00:16:3e:44:55:66'],
    [2, '00:16:3e:44:55:67'],
  ]);
});

test.each([
  ['xvda', 51_712],
  ['xvdd', 51_760],
  ['xvdq', 268_439_552],
  ['hda', 768],
  ['hdb', 832],
  ['hdc', 5_632],
  ['sdb', 2_064],
] as const)('numbers disk %s as Xen does', (vdev, number) => {
  expect(vdevNumber(vdev)).toBe(number);
});
