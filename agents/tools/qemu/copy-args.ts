// Command lines for copying a disk to another node: `qemu-nbd` takes it, `qemu-img` brings it. Keys are in files, never here.
import type { DiskDoor } from '@/contract/agent-disk-calls';
import { keyOwner } from './one-time-key';

export const receiverProgram = 'qemu-nbd';
export const senderProgram = 'qemu-img';

/** A device's own cache is enough; what a file system cannot do without is its page cache. */
type Medium = { diskId: string; isDevice: boolean };

const credentials = 'copy';

/** What the receiver is found by among the processes of the node. `folder` is that of the one copy. */
export const receiverWord = (folder: string) => `--description=${folder}`;
/** Likewise of the sender; its key lies in that folder. */
export const senderWord = (folder: string) =>
  `tls-creds-psk,id=${credentials},endpoint=client,username=${keyOwner},dir=${folder.replaceAll(',', ',,')}`;

/** Lets one client in, on a port that the kernel chooses, and ends when that has gone. What is zero stays reserved. */
export function buildReceiverArgs({
  diskId,
  isDevice,
  address,
  path,
  keyFolder,
  folder,
}: Medium & { address: string; path: string; keyFolder: string; folder: string }): [string, ...string[]] {
  return [
    receiverProgram,
    ...['--format=raw', `--cache=${cacheOf({ isDevice })}`, '--discard=ignore', '--shared=1'],
    ...[`--bind=${address}`, '--port=0', `--export-name=${diskId}`, receiverWord(folder)],
    ...['--object', `tls-creds-psk,id=${credentials},endpoint=server,dir=${keyFolder}`],
    `--tls-creds=${credentials}`,
    path,
  ];
}

/** Writes zeros where the disk has zeros, too: what lies on the target before means nothing. */
export function buildSenderArgs({
  diskId,
  isDevice,
  path,
  door: { host, port },
  folder,
}: Medium & { path: string; door: DiskDoor; folder: string }): [string, ...string[]] {
  const target = {
    ...{ driver: 'nbd', export: diskId, 'tls-creds': credentials },
    ...{ 'server.type': 'inet', 'server.host': host, 'server.port': String(port) },
  };
  const options = Object.entries(target).map(([key, value]) => `${key}=${value}`);
  return [
    senderProgram,
    ...['convert', '-n', '-p', '-f', 'raw', '-T', cacheOf({ isDevice }), '-t', 'writeback'],
    ...['--object', senderWord(folder), '--target-image-opts', path, options.join(',')],
  ];
}

const cacheOf = ({ isDevice }: Pick<Medium, 'isDevice'>) => (isDevice ? 'none' : 'writeback');
