import { describe, expect, it } from 'vitest';
import { imageFiles } from './image/build-image';
import { buildQemuArgs, type QemuCommand } from './qemu-command';

const common = {
  ...{
    name: 'node2',
    qmpSocket: '/tmp/node2.qmp',
    serialLog: '/lab/node2/serial.log',
    memoryFile: '/cache/memory',
    memoryMiB: 1024,
    cpus: 1,
  },
  kind: 'kvm',
  image: imageFiles('/cache'),
  disks: { vg: '/lab/node2/vg.img', keep: '/lab/node2/keep.img' },
  ports: { shell: 20_001, terminal: 20_002, agent: 20_003 },
  accelerator: 'tcg',
} as const;
const template: QemuCommand = { ...common, role: 'template' };
const console = { host: '127.0.0.1', port: 4300 };
const copy: QemuCommand = { ...common, role: 'copy', lanSocket: '/tmp/node2.lan', reaches: [console] };

const valuesOf = (option: string, args: string[]) => args.filter((_, at) => args[at - 1] === option);

describe('the command line of a node', () => {
  it('has the devices of the template, in the same order', () => {
    const devices = valuesOf('-device', buildQemuArgs(copy));
    expect(devices).toEqual(valuesOf('-device', buildQemuArgs(template)));
    expect(devices.map((device) => device.replace(/,mac=.*/, ''))).toEqual([
      'virtio-blk-pci,drive=root,serial=root',
      'virtio-blk-pci,drive=vg,serial=vg',
      'virtio-blk-pci,drive=keep,serial=keep',
      'virtio-net-pci,netdev=control',
      'virtio-net-pci,netdev=lan',
    ]);
  });

  it('writes the memory that copies then map for themselves', () => {
    expect(valuesOf('-object', buildQemuArgs(template))).toEqual([
      'memory-backend-file,id=ram,size=1024M,mem-path=/cache/memory,share=on',
    ]);
    expect(valuesOf('-object', buildQemuArgs(copy))[0]).toContain('share=off');
    expect(buildQemuArgs(copy).slice(-2)).toEqual(['-incoming', 'defer']);
  });

  it('lets nothing in but to three ports, and nothing out but to the console', () => {
    const control = [
      ...['user,id=control,restrict=on,ipv6=off', 'hostfwd=tcp:127.0.0.1:20001-:9001'],
      ...['hostfwd=tcp:127.0.0.1:20002-:9002', 'hostfwd=tcp:127.0.0.1:20003-:4301'],
    ].join(',');
    const out = 'guestfwd=tcp:10.0.2.100:4300-cmd:socat STDIO TCP:127.0.0.1:4300';
    const lan = 'stream,id=lan,server=off,addr.type=unix,addr.path=/tmp/node2.lan';
    expect(valuesOf('-netdev', buildQemuArgs(copy))).toEqual([`${control},${out}`, lan]);
    expect(valuesOf('-netdev', buildQemuArgs({ ...copy, reaches: [] }))[0]).toBe(control);
  });

  it('starts Xen with the kernel of its first domain, which gets half of the memory', () => {
    const args = buildQemuArgs({ ...copy, kind: 'xen', memoryMiB: 1280 });
    expect(valuesOf('-kernel', args)).toEqual(['/cache/xen']);
    const [kernel, initramfs, ...more] = valuesOf('-initrd', args)[0]?.split(',') ?? [];
    expect(kernel).toMatch(/^\/cache\/xen-vmlinuz console=hvc0 /);
    expect([initramfs, ...more]).toEqual(['/cache/xen-initramfs']);
    expect(valuesOf('-append', args)[0]).toContain('dom0_mem=640M,max:640M');
    expect(valuesOf('-append', buildQemuArgs(copy))[0]).toMatch(/^console=ttyS0 /);
  });

  it('takes the processor as it is where there is KVM, and one that can nest where there is none', () => {
    expect(valuesOf('-cpu', buildQemuArgs({ ...copy, accelerator: 'kvm' }))).toEqual(['host']);
    expect(valuesOf('-cpu', buildQemuArgs(copy))[0]).toMatch(/^max,\+svm,/);
  });
});
