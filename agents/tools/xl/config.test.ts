import fc from 'fast-check';
import { expect, test } from 'vitest';
import { buildConfig, diskWords, nicWords, type XenConfig } from './config';

const config: XenConfig = {
  ...{ name: 'web1', uuid: '5a9c3a6e-0b1c-4c1e-9d77-0000000000a1', type: 'pv', memoryMiB: 128, vcpus: 2 },
  disks: [{ path: '/dev/corral/disk 1,2', vdev: 'xvda', readOnly: false }],
  nics: [{ mac: '52:54:00:00:00:07', bridge: 'br0' }],
  more: { cmdline: 'console=hvc0 quiet="no"', acpi: true, cpu_weight: 256, vfb: ['vnc=1'] },
};

test('writes a domain with every text quoted and every end left to the agent', () => {
  expect(buildConfig(config).split('\n')).toEqual([
    'name = "web1"',
    'uuid = "5a9c3a6e-0b1c-4c1e-9d77-0000000000a1"',
    'type = "pv"',
    ...['memory = 128', 'maxmem = 128', 'vcpus = 2', 'maxvcpus = 2'],
    ...['on_poweroff = "preserve"', 'on_reboot = "preserve"', 'on_crash = "preserve"'],
    'disk = ["vdev=xvda,access=rw,backendtype=phy,script=/var/lib/corral/agent/xen-scripts/disk,format=raw,target=/dev/corral/disk 1,2"]',
    'vif = ["mac=52:54:00:00:00:07,bridge=br0,type=vif,script=/var/lib/corral/agent/xen-scripts/nic"]',
    `cmdline = 'console=hvc0 quiet="no"'`,
    ...['acpi = 1', 'cpu_weight = 256', 'vfb = ["vnc=1"]', ''],
  ]);
});

test('lets a drive be empty, and gives a NIC the model that it is to have', () => {
  const drive = { vdev: 'hdc', readOnly: true, kind: 'cdrom' } as const;
  expect(diskWords({ ...drive, path: '' })).toBe('vdev=hdc,access=ro,devtype=cdrom,format=empty');
  expect(diskWords({ ...drive, path: '/iso/a.iso' })).toBe(
    'vdev=hdc,access=ro,devtype=cdrom,format=raw,target=/iso/a.iso',
  );
  expect(nicWords({ mac: '52:54:00:00:00:07', bridge: 'br0', model: 'e1000' })).toBe(
    'mac=52:54:00:00:00:07,bridge=br0,type=ioemu,model=e1000,script=/var/lib/corral/agent/xen-scripts/nic',
  );
});

test('leaves disks to Xen where a boot loader of the node is to read them', () => {
  const written = buildConfig({ ...config, more: { bootloader: 'pygrub' } });
  expect(written).toContain('disk = ["vdev=xvda,access=rw,backendtype=phy,format=raw,target=');
});

test.each([
  [{ name: 'a"b\'c' }, 'a'],
  [{ name: 'line\nbreak' }, 'line'],
  [{ name: 'back\\slash' }, 'back'],
  [{ memoryMiB: 1.5 }, '1.5'],
  [{ vcpus: -1 }, '-1'],
  [{ nics: [{ mac: '52:54:00:00:00:07,script=/tmp/x', bridge: 'br0' }] }, 'script'],
  [{ nics: [{ mac: '52:54:00:00:00:07', bridge: 'br0,script=x' }] }, 'script'],
  [{ disks: [{ path: '/dev/x', vdev: 'xvda,script=x', readOnly: false }] }, 'script'],
])('refuses what would mean something else to xl: %o', (change, words) => {
  expect(() => buildConfig({ ...config, ...change })).toThrow(words);
});

test('never lets a text out of its quotes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 30 }), (text) => {
      let written: string;
      try {
        written = buildConfig({ ...config, more: { cmdline: text } });
      } catch {
        return;
      }
      const line = written.split('\n').find((one) => one.startsWith('cmdline = ')) ?? '';
      const quoted = line.slice('cmdline = '.length);
      const mark = quoted[0] ?? '';
      expect(['"', "'"]).toContain(mark);
      expect(quoted.slice(1, -1)).toBe(text);
      expect(quoted.at(-1)).toBe(mark);
      expect(text.includes(mark)).toBe(false);
      expect(written.split('\n')).toHaveLength(14);
    }),
  );
});
