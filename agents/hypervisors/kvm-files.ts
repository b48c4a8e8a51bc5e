// Where a QEMU's files lie. What must outlive it (record, logs) stays in the data folder; its sockets need a short path.
import { createHash } from 'node:crypto';
import { lchown, lstat, mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import type { QemuPaths } from '../tools/qemu/args';
import { removeKey } from '../tools/qemu/one-time-key';
import type { QemuUser } from './qemu-user';

export type KvmFiles = QemuPaths & {
  folder: string;
  socketFolder: string;
  record: string;
  log: string;
};

/** sun_path has 108 bytes with its NUL; the longest of our names is `/<id>/serial.sock`. */
const socketPathBytes = 107;
const longestName = `/${'0'.repeat(36)}/serial.sock`;

/** A folder whose sockets QEMU and the agent can open: the data folder itself, or one of its own with a short path. */
export function chooseSocketRoot(stateFolder: string, uid = process.getuid?.() ?? 0): string {
  const hash = createHash('sha256').update(stateFolder).digest('hex').slice(0, 12);
  const short = uid === 0 ? `/run/corral/${hash}` : join(tmpdir(), `corral-${uid}`, hash);
  // As root, QEMU's user owns the folder of its sockets: nothing that the agent trusts may lie there.
  const roots = uid === 0 ? [short] : [stateFolder, short];
  const root = roots.find((path) => Buffer.byteLength(path + longestName) <= socketPathBytes);
  if (root) return root;
  throw new AppError('invalid', `The path ${short} is too long for sockets; choose a shorter folder`);
}

export function kvmFiles(stateFolder: string, socketRoot: string, instanceId: string): KvmFiles {
  const folder = join(stateFolder, instanceId);
  const socketFolder = join(socketRoot, instanceId);
  return {
    folder,
    socketFolder,
    record: join(folder, 'run.json'),
    log: join(folder, 'qemu.log'),
    serialLog: join(folder, 'serial.log'),
    qmpSocket: join(socketFolder, 'qmp.sock'),
    fdSocket: join(socketFolder, 'fd.sock'),
    serialSocket: join(socketFolder, 'serial.sock'),
    screenSocket: join(socketFolder, 'screen.sock'),
  };
}

/** Makes the folders (for the agent's eyes only; that of the sockets for `user`, if there is one) and clears what an earlier QEMU left. */
export async function prepareFiles(files: KvmFiles, user: QemuUser | null = null): Promise<void> {
  // Anew each time: the last QEMU may have had another user.
  if (files.socketFolder !== files.folder) await rm(files.socketFolder, { recursive: true, force: true });
  for (const folder of [files.folder, files.socketFolder]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid } = await lstat(folder);
    if (process.getuid && uid !== process.getuid())
      throw new AppError('forbidden', `The folder ${folder} belongs to somebody else`);
  }
  if (user) await lchown(files.socketFolder, user.uid, user.gid);
  await removeRunFiles(files);
  await rm(files.log, { force: true });
}

export async function removeRunFiles(files: KvmFiles): Promise<void> {
  const names = [files.qmpSocket, files.fdSocket, files.serialSocket, files.screenSocket];
  await Promise.all(names.map((name) => rm(name, { force: true })));
  await removeKey(files.socketFolder);
}

export async function removeAllFiles(files: KvmFiles): Promise<void> {
  await rm(files.socketFolder, { recursive: true, force: true });
  await rm(files.folder, { recursive: true, force: true });
}

/** QEMU's last words: the end of its log without the time stamps, in one line; empty where there are none to read. */
export async function readLastWords(log: string): Promise<string> {
  const file = await open(log, 'r').catch(() => null);
  if (!file) return '';
  try {
    const { size } = await file.stat();
    const length = Math.min(size, 2_000);
    const { buffer } = await file.read(Buffer.alloc(length), 0, length, size - length);
    return buffer
      .toString('utf8')
      .split('\n')
      .map((line) => line.replace(/^\S+Z (?:qemu-system-\S+: )?/, '').trim())
      .filter((line) => line !== '')
      .slice(-5)
      .join(' ')
      .slice(-500);
  } finally {
    await file.close();
  }
}
