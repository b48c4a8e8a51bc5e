// The command line of a node's QEMU. A copy of a template can only be made by a QEMU with the same devices, of the same sizes, in the same
// order; what stands behind them may differ.
import type { Accelerator } from './accelerator';
import type { ImageFiles } from './image/build-image';
import { consoleHost, shellPort, terminalPort } from './image/tree-files';
import type { NodeKind } from './node-kind';

export const agentPort = 4301;

export type Shape = { kind: NodeKind; accelerator: Accelerator; memoryMiB: number; cpus: number };

export type Endpoint = { host: string; port: number };

/** On this machine's loopback. 0: not forwarded. */
export type NodePorts = { shell: number; terminal: number; agent: number };

export type QemuCommand = Shape & {
  name: string;
  qmpSocket: string;
  serialLog: string;
  image: ImageFiles;
  disks: { vg: string; keep: string };
  memoryFile: string;
  ports: NodePorts;
} & (
    | { role: 'template' }
    | {
        role: 'copy';
        lanSocket: string;
        /** What of this machine the node reaches: nothing else outside. */
        reaches: readonly Endpoint[];
      }
  );

/** Features that software emulation is slow at, and that no test asks for. */
const slowFeatures = ['la57', 'smap', 'smep', 'pku', 'pks', 'umip', 'erms', 'fsrm', 'pcid'];

const kernelArguments = [
  ...['panic=-1', 'net.ifnames=0', 'quiet', 'loglevel=3', 'systemd.show_status=0'],
  ...['mitigations=off', 'audit=0', 'nokaslr', 'no_timer_check', 'random.trust_cpu=on', 'cryptomgr.notests'],
  'raid=noautodetect',
].join(' ');

export function buildQemuArgs(command: QemuCommand): string[] {
  const { name, qmpSocket, serialLog, image, memoryMiB, memoryFile, role } = command;
  const share = role === 'template' ? 'on' : 'off';
  return [
    ...['-name', name, '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-machine', 'pc,memory-backend=ram', ...processorArgs(command)],
    ...['-m', String(memoryMiB)],
    ...['-object', `memory-backend-file,id=ram,size=${memoryMiB}M,mem-path=${memoryFile},share=${share}`],
    ...bootArgs(image, command),
    ...['-serial', `file:${serialLog}`, '-qmp', `unix:${qmpSocket},server=on,wait=off`],
    ...diskArgs(command),
    ...networkArgs(command),
    ...(role === 'copy' ? ['-incoming', 'defer'] : []),
  ];
}

/**
 * Xen is a multiboot kernel, whose modules QEMU takes from -initrd: the first domain's kernel with its arguments, and its initramfs. Under
 * emulation Xen must save the registers of programs eagerly: lazily, they leak between them. Half of the memory is the first domain's.
 */
function bootArgs(image: ImageFiles, { kind, memoryMiB }: Shape): string[] {
  const { kernel, initramfs } = image.boot[kind];
  if (kind === 'kvm')
    return ['-kernel', kernel, '-initrd', initramfs, '-append', `console=ttyS0 ${kernelArguments}`];
  const ofFirst = Math.floor(memoryMiB / 2);
  const xenArguments = [
    ...['console=com1', 'com1=115200', `dom0_mem=${ofFirst}M,max:${ofFirst}M`, 'dom0_max_vcpus=1'],
    ...['spec-ctrl=no,eager-fpu', 'xpti=no', 'loglvl=warning', 'guest_loglvl=warning'],
  ].join(' ');
  const modules = `${kernel} console=hvc0 ${kernelArguments},${initramfs}`;
  return ['-kernel', image.xen, '-initrd', modules, '-append', xenArguments];
}

function processorArgs({ accelerator, cpus }: Shape): string[] {
  const features = ['max', '+svm', ...slowFeatures.map((feature) => `${feature}=off`)].join(',');
  const processor =
    accelerator === 'kvm'
      ? ['-accel', 'kvm', '-cpu', 'host']
      : ['-accel', 'tcg,thread=multi,tb-size=256', '-cpu', features];
  return [...processor, '-smp', String(cpus)];
}

/** A node that is killed loses nothing that its QEMU was told to write; only a crash of this very machine would. */
function diskArgs({ image, disks }: QemuCommand): string[] {
  const disk = (serial: string, file: string, how: string) => [
    ...['-drive', `if=none,id=${serial},file=${file},format=raw,cache=unsafe,${how}`],
    ...['-device', `virtio-blk-pci,drive=${serial},serial=${serial}`],
  ];
  const sparse = 'discard=unmap,detect-zeroes=unmap';
  return [
    ...disk('root', image.root, 'readonly=on'),
    ...disk('vg', disks.vg, sparse),
    ...disk('keep', disks.keep, sparse),
  ];
}

function networkArgs(command: QemuCommand): string[] {
  const { ports } = command;
  const forward = (from: number, to: number) => `hostfwd=tcp:127.0.0.1:${from}-:${to}`;
  const control = [
    'user,id=control,restrict=on,ipv6=off',
    ...(ports.shell ? [forward(ports.shell, shellPort)] : []),
    ...(ports.terminal ? [forward(ports.terminal, terminalPort)] : []),
    ...(ports.agent ? [forward(ports.agent, agentPort)] : []),
    ...(command.role === 'copy' ? command.reaches.map(forwardOut) : []),
  ].join(',');
  const lan =
    command.role === 'copy'
      ? `stream,id=lan,server=off,addr.type=unix,addr.path=${command.lanSocket}`
      : 'hubport,id=lan,hubid=1';
  return [
    ...['-netdev', control, '-device', 'virtio-net-pci,netdev=control,mac=52:54:00:c0:00:01,romfile='],
    ...['-netdev', lan, '-device', 'virtio-net-pci,netdev=lan,mac=52:54:00:1a:00:00,romfile='],
  ];
}

/** One socat for each connection. */
function forwardOut({ host, port }: Endpoint): string {
  const target = host.includes(':') ? `[${host}]` : host;
  return `guestfwd=tcp:${consoleHost}:${port}-cmd:socat STDIO TCP:${target}:${port}`;
}
