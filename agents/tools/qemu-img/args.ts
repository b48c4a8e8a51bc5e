// Command lines of qemu-img(1). The format is always told, never probed; what it may use of the node is limited by prlimit(1).
import { commaList } from '../qemu/options';

type Argv = [string, ...string[]];

/** `user`: who it runs as, cut off from the network; null where the agent is not root. `cpuS`: seconds of CPU; `fileBytes`: the most it may write. */
export type Confinement = {
  user: { uid: number; gid: number } | null;
  memoryMiB: number;
  cpuS: number;
  fileBytes: number;
};

const bytesPerMiB = 1024 * 1024;

/** All of them end in one process, so that killing it kills the program. */
export function confine(argv: Argv, { user, memoryMiB, cpuS, fileBytes }: Confinement): Argv {
  const limits = [
    `--as=${memoryMiB * bytesPerMiB}`,
    `--cpu=${cpuS}`,
    `--fsize=${fileBytes}`,
    '--core=0',
    '--nofile=64',
  ];
  const limited: Argv = ['prlimit', ...limits, ...argv];
  if (user === null) return limited;
  const identity = [`--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--no-new-privs'];
  return ['unshare', '--net', 'setpriv', ...identity, ...limited];
}

/** Files of the folder that it runs in. */
export const buildInfoArgs = (file: string): Argv => [
  ...(['qemu-img', 'info', '--output=json', '-f', 'qcow2', `./${file}`] as const),
];
export const buildCheckArgs = (file: string): Argv => ['qemu-img', 'check', '-f', 'qcow2', `./${file}`];
export const buildMeasureArgs = (file: string): Argv => [
  ...(['qemu-img', 'measure', '--output=json', '-f', 'qcow2', '-O', 'raw', `./${file}`] as const),
];
export const buildNormaliseArgs = (from: string, to: string): Argv => [
  ...(['qemu-img', 'convert', '-p', '-f', 'qcow2', '-O', 'raw', `./${from}`, `./${to}`] as const),
];

/** Of a disk, from its first byte to its last: whatever a guest wrote there is never taken for another format. */
export const buildSaveArgs = (from: string, to: string): Argv => [
  ...(['qemu-img', 'convert', '-p', '-f', 'raw', '-O', 'qcow2', from, to] as const),
];

/**
 * Onto what is there already and keeps its size. Without `discard`, zeros are written as zeros and take up their place, as the disk's space was
 * reserved for it. The lock lives as long as the writer: one that an agent which was killed left behind must not meet a second one.
 */
export function buildWriteArgs(from: string, to: { path: string; isDevice: boolean }): Argv {
  const target = commaList('', {
    driver: 'raw',
    discard: 'ignore',
    'file.driver': to.isDevice ? 'host_device' : 'file',
    'file.filename': to.path,
    'file.discard': 'ignore',
  });
  const options = ['-p', '-n', '-f', 'raw', from, '--target-image-opts', target];
  return ['flock', '--no-fork', to.path, 'qemu-img', 'convert', ...options];
}
