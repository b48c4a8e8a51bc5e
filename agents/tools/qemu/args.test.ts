import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { buildQemuArgs, type QemuMachine } from './args';
import { commaList } from './options';

const paths = {
  qmpSocket: '/d/kvm/i/qmp.sock',
  serialSocket: '/d/kvm/i/serial.sock',
  serialLog: '/d/kvm/i/serial.log',
  screenSocket: '/d/kvm/i/screen.sock',
};
const id = '6f1c1c4e-8f5b-4d53-9f0d-6b1f4f6b9a11';
const machine: QemuMachine = {
  definition: { id, name: 'web1', vcpus: 2, memoryMiB: 512 },
  boot: { kind: 'kernel', kernel: '/k/vmlinuz', initrd: '/k/initrd', args: 'console=ttyS0 a=b,c' },
  disks: [
    { id: '11111111-2222-4333-8444-555555555555', index: 1, path: '/dev/vg/b' },
    { id: '01234567-89ab-4cde-8f01-23456789abcd', index: 0, path: '/d/disks/a,x.raw' },
  ],
  nics: [{ index: 0, mac: '52:54:00:00:00:01', netdev: 'tap,ifname=cr1,script=no,downscript=no' }],
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
        "pc",
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
        "socket,id=serial0,path=/d/kvm/i/serial.sock,server=on,wait=off,logfile=/d/kvm/i/serial.log,logappend=on",
        "-serial",
        "chardev:serial0",
        "-vnc",
        "unix:/d/kvm/i/screen.sock,share=force-shared",
        "-vga",
        "std",
        "-device",
        "qemu-xhci,id=usb",
        "-device",
        "usb-tablet,bus=usb.0",
        "-object",
        "rng-random,id=rng,filename=/dev/urandom",
        "-device",
        "virtio-rng-pci,rng=rng",
        "-device",
        "virtio-balloon-pci,id=balloon",
        "-kernel",
        "/k/vmlinuz",
        "-initrd",
        "/k/initrd",
        "-append",
        "console=ttyS0 a=b,c",
        "-blockdev",
        "{"driver":"raw","node-name":"disk0","cache":{"direct":false,"no-flush":false},"discard":"ignore","file":{"driver":"file","filename":"/d/disks/a,x.raw","aio":"threads"}}",
        "-device",
        "virtio-blk-pci,id=virtio-disk0,drive=disk0,serial=0123456789ab4cde8f01",
        "-blockdev",
        "{"driver":"raw","node-name":"disk1","cache":{"direct":false,"no-flush":false},"discard":"ignore","file":{"driver":"host_device","filename":"/dev/vg/b","aio":"threads"}}",
        "-device",
        "virtio-blk-pci,id=virtio-disk1,drive=disk1,serial=11111111222243338444",
        "-netdev",
        "tap,ifname=cr1,script=no,downscript=no,id=nic0",
        "-device",
        "virtio-net-pci,id=virtio-nic0,netdev=nic0,mac=52:54:00:00:00:01,romfile=",
      ]
    `);
  });

  test('takes the CPU of the node where KVM runs it', () => {
    const args = buildQemuArgs({ machine, paths, accelerator: 'kvm' });
    expect(valueOf(args, '-accel')).toBe('kvm');
    expect(valueOf(args, '-cpu')).toBe('host');
  });

  test('boots the ISO before the disks', () => {
    const boot = { kind: 'iso', path: '/d/iso/a.iso' } as const;
    const args = buildQemuArgs({ machine: { ...machine, boot }, paths, accelerator: 'tcg' });
    const order = args
      .filter((arg) => arg.includes('bootindex='))
      .map((arg) => /drive=(\w+).*bootindex=(\d)/.exec(arg));
    expect(order.map((match) => match?.slice(1))).toEqual([
      ['cdrom', '1'],
      ['disk0', '2'],
      ['disk1', '3'],
    ]);
  });

  test('refuses a relative path', () => {
    const boot = { kind: 'iso', path: 'nbd:evil' } as const;
    expect(() => buildQemuArgs({ machine: { ...machine, boot }, paths, accelerator: 'tcg' })).toThrow(
      'absolute',
    );
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
          'id=virtio-nic0',
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
