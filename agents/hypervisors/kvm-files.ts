// Where a QEMU's files lie. What must outlive it (record, logs) stays in the data folder; its sockets need a short path.
import { createHash } from 'node:crypto';
import { lstat, mkdir, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import type { QemuPaths } from '../tools/qemu/args';

export type KvmFiles = QemuPaths & { folder: string; socketFolder: string; record: string; log: string };

/** sun_path has 108 bytes with its NUL; the longest of our names is `/<id>/serial.sock`. */
const socketPathBytes = 107;
const longestName = `/${'0'.repeat(36)}/serial.sock`;

/** A folder whose sockets QEMU and the agent can open: the data folder itself, or a short one where its path is too long. */
export function chooseSocketRoot(stateFolder: string, uid = process.getuid?.() ?? 0): string {
  const hash = createHash('sha256').update(stateFolder).digest('hex').slice(0, 12);
  const short = uid === 0 ? `/run/corral/${hash}` : join(tmpdir(), `corral-${uid}`, hash);
  const root = [stateFolder, short].find((path) => Buffer.byteLength(path + longestName) <= socketPathBytes);
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
    pidFile: join(folder, 'qemu.pid'),
    qmpSocket: join(socketFolder, 'qmp.sock'),
    serialSocket: join(socketFolder, 'serial.sock'),
    screenSocket: join(socketFolder, 'screen.sock'),
  };
}

/** Makes the folders (for the agent's eyes only) and clears what an earlier QEMU left. */
export async function prepareFiles(files: KvmFiles): Promise<void> {
  for (const folder of [files.folder, files.socketFolder]) {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { uid } = await lstat(folder);
    if (process.getuid && uid !== process.getuid())
      throw new AppError('forbidden', `The folder ${folder} belongs to somebody else`);
  }
  await removeRunFiles(files);
  await rm(files.log, { force: true });
}

export async function removeRunFiles(files: KvmFiles): Promise<void> {
  const names = [files.pidFile, files.qmpSocket, files.serialSocket, files.screenSocket];
  await Promise.all(names.map((name) => rm(name, { force: true })));
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
