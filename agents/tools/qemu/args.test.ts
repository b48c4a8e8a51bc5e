import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultHvParams, type HvParams } from '@/contract/schemas/hv-params';
import { buildQemuArgs, type QemuMachine } from './args';
import { commaList } from './options';

const paths = {
  qmpSocket: '/d/kvm/i/qmp.sock',
  fdSocket: '/d/kvm/i/fd.sock',
  serialSocket: '/d/kvm/i/serial.sock',
  serialLog: '/d/kvm/i/serial.log',
  screenSocket: '/d/kvm/i/screen.sock',
};
const id = '6f1c1c4e-8f5b-4d53-9f0d-6b1f4f6b9a11';
const device = { isDevice: true, isMirrored: true };
const file = { isDevice: false, isMirrored: false };
const machine: QemuMachine = {
  definition: { id, name: 'web1', vcpus: 2, memoryMiB: 512, hvParams: defaultHvParams },
  boot: { kind: 'kernel', kernel: '/k/vmlinuz', initrd: '/k/initrd', args: 'console=ttyS0 a=b,c' },
  disks: [
    { id: '11111111-2222-4333-8444-555555555555', index: 1, path: '/dev/vg/b', ...device },
    { id: '01234567-89ab-4cde-8f01-23456789abcd', index: 0, path: '/d/disks/a,x.raw', ...file },
  ],
  nics: [{ index: 0, mac: '52:54:00:00:00:01', netdev: { type: 'tap', ifname: 'cr1', queues: 1 } }],
  cd: null,
  begins: 'running',
};

const build = (changes: Partial<QemuMachine>, hvParams: Partial<HvParams> = {}) => {
  const definition = { ...machine.definition, hvParams: { ...defaultHvParams, ...hvParams } };
  return buildQemuArgs({ machine: { ...machine, definition, ...changes }, paths, accelerator: 'tcg' });
};

/** The value after an option. */
const valueOf = (args: string[], option: string) => args[args.indexOf(option) + 1];

/** Reads a comma list as QEMU does: a doubled comma belongs to the value. */
function readCommaList(text: string): string[] {
  return text
    .replaceAll(',,', '\0')
    .split(',')
    .map((part) => part.replaceAll('\0', ','));
}

describe('buildQemuArgs', () => {
  test('gives one plain argument array for a machine', () => {
    expect(buildQemuArgs({ machine, paths, accelerator: 'tcg' })).toMatchInlineSnapshot(`
      [
        "qemu-system-x86_64",
        "-no-user-config",
        "-nodefaults",
        "-name",
        "guest=web1,debug-threads=on",
        "-uuid",
        "6f1c1c4e-8f5b-4d53-9f0d-6b1f4f6b9a11",
        "-sandbox",
        "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        "-msg",
        "timestamp=on",
        "-rtc",
        "base=utc",
        "-no-shutdown",
        "-machine",
        "pc-i440fx-7.2",
        "-accel",
        "tcg,thread=multi,tb-size=128",
        "-cpu",
        "max,la57=off,smap=off,smep=off,pku=off,pks=off,umip=off,erms=off,fsrm=off,pcid=off",
        "-smp",
        "cpus=2",
        "-m",
        "size=512M",
        "-chardev",
        "socket,id=qmp,path=/d/kvm/i/qmp.sock,server=on,wait=off",
        "-mon",
        "chardev=qmp,mode=control",
        "-chardev",
        "socket,id=fds,path=/d/kvm/i/fd.sock,server=on,wait=off",
        "-mon",
        "chardev=fds,mode=control",
        "-chardev",
        "socket,id=serial0,path=/d/kvm/i/serial.sock,server=on,wait=off,logfile=/d/kvm/i/serial.log,logappend=on",
        "-serial",
        "chardev:serial0",
        "-vnc",
        "unix:/d/kvm/i/screen.sock,share=force-shared",
        "-vga",
        "std",
        "-device",
        "qemu-xhci,id=usb,bus=pci.0,addr=0x3",
        "-device",
        "usb-tablet,bus=usb.0",
        "-object",
        "rng-random,id=rng,filename=/dev/urandom",
        "-device",
        "virtio-rng-pci,rng=rng,bus=pci.0,addr=0x4",
        "-device",
        "virtio-balloon-pci,id=balloon,bus=pci.0,addr=0x5",
        "-kernel",
        "/k/vmlinuz",
        "-initrd",
        "/k/initrd",
        "-append",
        "console=ttyS0 a=b,c",
        "-device",
        "ide-cd,id=cd,bus=ide.1,unit=0",
        "-blockdev",
        "{"driver":"raw","node-name":"disk0","cache":{"direct":false,"no-flush":false},"discard":"ignore","file":{"driver":"file","filename":"/d/disks/a,x.raw","aio":"threads"}}",
        "-device",
        "virtio-blk-pci,bus=pci.0,addr=0x10,id=dev-disk0,drive=disk0,serial=0123456789ab4cde8f01,write-cache=on",
        "-blockdev",
        "{"driver":"raw","node-name":"disk1","cache":{"direct":true,"no-flush":false},"discard":"ignore","file":{"driver":"host_device","filename":"/dev/vg/b","aio":"threads"}}",
        "-device",
        "virtio-blk-pci,bus=pci.0,addr=0x11,id=dev-disk1,drive=disk1,serial=11111111222243338444,write-cache=on",
        "-netdev",
        "tap,id=nic0,ifname=cr1,script=no,downscript=no",
        "-device",
        "virtio-net-pci,id=dev-nic0,bus=pci.0,addr=0x8,netdev=nic0,mac=52:54:00:00:00:01,romfile=",
      ]
    `);
  });

  test('takes the CPU of the node where KVM runs it', () => {
    const args = buildQemuArgs({ machine, paths, accelerator: 'kvm' });
    expect(valueOf(args, '-accel')).toBe('kvm');
    expect(valueOf(args, '-cpu')).toBe('host');
  });

  test.each([
    ['disk', ['dev-disk0 1', 'dev-disk1 2']],
    ['cdrom', ['cd 1', 'dev-disk0 2', 'dev-disk1 3']],
    ['network', ['dev-disk0 2', 'dev-disk1 3', 'dev-nic0 1']],
  ] as const)('boots from the %s first', (order, expected) => {
    const args = build({ boot: { kind: 'firmware', order }, cd: '/d/iso/a.iso' });
    const found = args.flatMap((arg) => /id=([\w-]+).*bootindex=(\d)/.exec(arg)?.slice(1).join(' ') ?? []);
    expect(found).toEqual(expected);
    expect(args.some((arg) => arg.startsWith('virtio-net-pci') && arg.includes('romfile='))).toBe(
      order !== 'network',
    );
  });

  test('keeps every device where it is when others come and go', () => {
    const all = build({});
    const [second] = machine.disks;
    const fewer = build({ disks: second ? [second] : [], nics: [] });
    const left = fewer.filter((arg) => arg.startsWith('virtio-') || arg.startsWith('ide-'));
    expect(all).toEqual(expect.arrayContaining(left));
    expect(left.some((arg) => arg.includes('addr=0x11'))).toBe(true);
  });

  test('builds what its parameters say', () => {
    const args = build(
      {},
      {
        ...{ cpuType: 'Skylake-Server', cpuSockets: 1, cpuCores: 2, machine: 'pc-i440fx-7.1' },
        ...{ diskBus: 'scsi', nicModel: 'e1000', diskCache: 'writethrough', diskDiscard: 'unmap' },
        ...{ vga: 'none', keymap: 'de-ch', serialConsole: false, screen: false, useLocaltime: true },
        ...{ rebootBehavior: 'exit', memPath: '/dev/hugepages', usbTablet: false, vhostNet: true },
      },
    );
    expect(valueOf(args, '-machine')).toBe('pc-i440fx-7.1');
    expect(valueOf(args, '-cpu')).toBe('Skylake-Server');
    expect(valueOf(args, '-smp')).toBe('cpus=2,sockets=1,cores=2');
    expect(valueOf(args, '-rtc')).toBe('base=localtime');
    expect(valueOf(args, '-k')).toBe('de-ch');
    expect(valueOf(args, '-mem-path')).toBe('/dev/hugepages');
    expect(valueOf(args, '-serial')).toBe('none');
    expect(valueOf(args, '-display')).toBe('none');
    expect(valueOf(args, '-netdev')).toBe('tap,id=nic0,ifname=cr1,script=no,downscript=no,vhost=on');
    expect(args).toEqual(expect.arrayContaining(['-no-reboot', '-mem-prealloc']));
    expect(args.filter((arg) => /^(scsi-hd|e1000|usb|qemu-xhci|virtio-scsi)/.test(arg))).toEqual([
      'virtio-scsi-pci,id=scsi,bus=pci.0,addr=0x6',
      'scsi-hd,bus=scsi.0,scsi-id=0,id=dev-disk0,drive=disk0,serial=0123456789ab4cde8f01,write-cache=off',
      'scsi-hd,bus=scsi.0,scsi-id=1,id=dev-disk1,drive=disk1,serial=11111111222243338444,write-cache=off',
      'e1000,id=dev-nic0,bus=pci.0,addr=0x8,netdev=nic0,mac=52:54:00:00:00:01,romfile=',
    ]);
    expect(valueOf(args, '-blockdev')).toContain('"direct":false');
  });

  test('gives a NIC with several queues as many vectors as it needs', () => {
    const nics = machine.nics.map((nic) => ({
      ...nic,
      netdev: { type: 'tap', ifname: 'cr1', queues: 4 } as const,
    }));
    const args = build({ nics });
    expect(valueOf(args, '-netdev')).toContain('queues=4');
    expect(args.find((arg) => arg.startsWith('virtio-net-pci'))).toContain('mq=on,vectors=10');
  });

  test('never keeps a mirrored disk in the page cache', () => {
    const cacheOf = (hvParams: Partial<HvParams>) =>
      build({}, hvParams).flatMap((arg) => /"direct":(\w+)/.exec(arg)?.[1] ?? []);
    expect(cacheOf({})).toEqual(['false', 'true']);
    expect(cacheOf({ diskCache: 'writeback' })).toEqual(['false', 'true']);
    expect(cacheOf({ diskCache: 'none' })).toEqual(['true', 'true']);
  });

  test('lets nobody write to a disk that is read-only, which IDE has none of', () => {
    const disks = [{ id, index: 0, path: '/d/a', ...file, mode: 'ro' as const }];
    expect(valueOf(build({ disks }), '-blockdev')).toContain('"node-name":"disk0","read-only":true,');
    expect(valueOf(build({}), '-blockdev')).not.toContain('read-only');
    expect(() => build({ disks }, { diskBus: 'ide' })).toThrow('Disk 0 is on an IDE bus');
  });

  test('puts disks on IDE beside the CD drive, and no more than fit', () => {
    const disks = [0, 1, 2].map((index) => ({ id, index, path: '/d/a', ...file }));
    const args = build({ disks }, { diskBus: 'ide' });
    const places = args.flatMap((arg) => /bus=(ide\.\d),unit=(\d)/.exec(arg)?.slice(1).join(' ') ?? []);
    expect(places.sort()).toEqual(['ide.0 0', 'ide.0 1', 'ide.1 0', 'ide.1 1']);
    const fourth = [{ id, index: 3, path: '/d/a', ...file }];
    expect(() => build({ disks: fourth }, { diskBus: 'ide' })).toThrow('room for 3');
    const seventeenth = [{ id, index: 16, path: '/d/a', ...file }];
    expect(() => build({ disks: seventeenth })).toThrow('room for 16');
  });

  test.each([
    ['running', []],
    ['paused', ['-S']],
    ['incoming', ['-S', '-incoming', 'defer']],
  ] as const)('begins %s', (begins, expected) => {
    const args = build({ begins });
    const said = args.filter((arg) => ['-S', '-incoming', 'defer'].includes(arg));
    expect(said).toEqual(expected);
  });

  test('refuses a relative path', () => {
    expect(() => build({ cd: 'nbd:evil' })).toThrow('absolute');
  });

  const wild = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(
      '-S',
      '--',
      'a,b=c',
      ',',
      ',,',
      'x,file=/etc/passwd',
      '$(reboot)',
      'a\nb',
      'é',
      '=',
      'on,spawn=allow',
    ),
  );
  const harmless = wild.map((text) => text.replaceAll('\0', ''));

  test('never changes the number or kind of options, whatever the texts are', () => {
    const reference = buildQemuArgs({ machine, paths, accelerator: 'tcg' });
    const optionsOf = (args: string[]) => args.filter((_, index) => reference[index]?.startsWith('-'));
    fc.assert(
      fc.property(harmless, harmless, harmless, harmless, (name, path, mac, kernelArgs) => {
        const args = buildQemuArgs({
          machine: {
            ...machine,
            definition: { ...machine.definition, name },
            boot: { kind: 'kernel', kernel: `/${path}`, initrd: `/${path}`, args: kernelArgs },
            cd: null,
            disks: machine.disks.map((disk) => ({ ...disk, id: mac, path: `/${path}` })),
            nics: machine.nics.map((nic) => ({ ...nic, mac })),
          },
          paths: { ...paths, qmpSocket: `/${path}`, serialLog: `/${path}`, screenSocket: `/${path}` },
          accelerator: 'tcg',
        });
        expect(args).toHaveLength(reference.length);
        expect(optionsOf(args)).toEqual(optionsOf(reference));
        expect(readCommaList(valueOf(args, '-name') ?? '')).toEqual([`guest=${name}`, 'debug-threads=on']);
        expect(readCommaList(valueOf(args, '-vnc') ?? '')).toEqual([`unix:/${path}`, 'share=force-shared']);
        const nic = args.find((arg) => arg.startsWith('virtio-net-pci,')) ?? '';
        expect(readCommaList(nic)).toEqual([
          'virtio-net-pci',
          'id=dev-nic0',
          'bus=pci.0',
          'addr=0x8',
          'netdev=nic0',
          `mac=${mac}`,
          'romfile=',
        ]);
      }),
    );
  });
});

describe('commaList', () => {
  test('is read back as what it was made of', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (values) => {
        const clean = values.map((value) => value.replaceAll('\0', ''));
        const options = Object.fromEntries(clean.map((value, index) => [`k${index}`, value]));
        const list = commaList('type', options);
        expect(readCommaList(list)).toEqual(['type', ...clean.map((value, index) => `k${index}=${value}`)]);
      }),
    );
  });

  test('refuses NUL', () => {
    expect(() => commaList('', { a: 'b\0c' })).toThrow('NUL');
  });
});
