// Copies disks with QEMU's own tools, over TCP between the two nodes. What it protects from: TLS with a key that is made for this one copy and
// handed over by the control plane keeps everybody else from reading, changing or offering a disk; the receiver listens on one address, for one
// sender, and where the agent is root it runs as QEMU's user, to whom the one disk is lent until it has opened it. What it does not: whoever is
// root on either node reads the disk anyway.
import { randomBytes } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiskDoor } from '@/contract/agent-disk-calls';
import { AppError } from '@/contract/errors';
import { ensureQemuUser } from '../hypervisors/qemu-user';
import { readText } from '../durable-file';
import { findListeningPort } from '../tools/proc/listening-port';
import { countDescriptors } from '../tools/proc/descriptors';
import {
  buildReceiverArgs,
  buildSenderArgs,
  receiverProgram,
  receiverWord,
  senderProgram,
  senderWord,
} from '../tools/qemu/copy-args';
import { parseProgress } from '../tools/qemu/parse-progress';
import { killProcess, searchProcess, waitForProcessEnd } from '../tools/proc/process';
import { launch, runGroup, type Ending } from '../tools/run';
import { readDeviceBytes } from '../tools/sys/device-size';
import { listCopyFolders, logOf, makeCopyFolder, noteLent, takeBackLent, type Owner } from './copy-folder';
import type { CopyReport, DiskCopy } from './disk-copy';

const listenMs = 30_000;
const endMs = 30_000;
const mostMs = 7 * 86_400_000;
const beatMs = 5_000;
/** The receiver opens these: whoever it runs as needs no way to them. */
const diskFd = 3;
const inherited = { path: `/proc/self/fd/${diskFd}`, keyFolder: '/proc/self/fd/4' } as const;

export type RealCopyOptions = { root: string; findUser?: () => Promise<Owner | null> };

export function createDiskCopy({ root, findUser = ensureQemuUser }: RealCopyOptions): DiskCopy {
  const folderOf = (diskId: string) => join(root, diskId);

  const end = async (diskId: string) => {
    for (const find of [findReceiver, findSender]) {
      const found = await find(folderOf(diskId));
      if (!found) continue;
      await killProcess(found);
      if (!(await waitForProcessEnd(found, endMs)))
        throw new AppError('timeout', `the process ${found.pid} that copies the disk does not end`);
    }
    await takeBackLent(folderOf(diskId));
    await rm(folderOf(diskId), { recursive: true, force: true });
  };

  return {
    async receive({ diskId, path, address }) {
      await end(diskId);
      const key = randomBytes(32).toString('hex');
      try {
        const { sizeBytes, isDevice } = await readMedium(path);
        const user = await findUser();
        const folder = folderOf(diskId);
        await makeCopyFolder(folder, key, user);
        const argv = buildReceiverArgs({ ...inherited, diskId, isDevice, address, folder });
        const port = await openDoor({ argv, path, folder, user });
        return { host: address, port, key, sizeBytes };
      } catch (error) {
        await end(diskId);
        throw error;
      }
    },
    async send({ diskId, path, door }, report) {
      await end(diskId);
      const { sizeBytes, isDevice } = await readMedium(path);
      if (sizeBytes !== door.sizeBytes) throw otherSize(sizeBytes, door.sizeBytes);
      const folder = folderOf(diskId);
      try {
        await makeCopyFolder(folder, door.key, null);
        const argv = buildSenderArgs({ diskId, isDevice, path, door, folder });
        await runSender({ argv, folder, door, report });
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async settle({ diskId, path }) {
      const receiver = await findReceiver(folderOf(diskId));
      if (receiver && !(await waitForProcessEnd(receiver, endMs)))
        throw new AppError('wrong_state', 'the sender has not gone');
      await syncDisk(path);
      await end(diskId);
    },
    end,
    async endAll() {
      for (const diskId of await listCopyFolders(root)) await end(diskId);
    },
  };
}

const findReceiver = (folder: string) => searchProcess(receiverProgram, receiverWord(folder));
const findSender = (folder: string) => searchProcess(senderProgram, senderWord(folder));

type Opening = { argv: [string, ...string[]]; path: string; folder: string; user: Owner | null };

/** Starts the receiver; answers its port once it listens and has opened the disk, in whatever order. */
async function openDoor({ argv, path, folder, user }: Opening): Promise<number> {
  const [disk, keys, log] = await Promise.all([
    open(path, 'r+'),
    open(folder, 'r'),
    open(logOf(folder), 'a', 0o600),
  ]);
  try {
    if (user) {
      const { uid, gid } = await disk.stat();
      await noteLent(folder, { path, uid, gid });
      await disk.chown(user.uid, gid);
    }
    const fds = [disk.fd, keys.fd];
    const { pid, ended } = await launch({ argv, doing: 'receive', outputFd: log.fd, fds, user });
    return await untilListening(pid, { ended, folder });
  } finally {
    await takeBackLent(folder);
    await Promise.all([disk, keys, log].map((file) => file.close()));
  }
}

async function untilListening(
  pid: number,
  { ended, folder }: { ended: Promise<Ending>; folder: string },
): Promise<number> {
  let hasEnded = false;
  void ended.then(() => (hasEnded = true));
  const giveUpAt = performance.now() + listenMs;
  for (let pauseMs = 5; !hasEnded && performance.now() < giveUpAt; pauseMs = Math.min(pauseMs * 2, 200)) {
    const port = await findListeningPort(pid);
    // Besides the descriptor that it was given: until then the disk has to be its.
    if (port !== null && countDescriptors(pid, diskFd) > 1) return port;
    await Promise.race([ended, sleep(pauseMs)]);
  }
  const words = ((await readText(logOf(folder))) ?? '').trim().slice(-500);
  throw new AppError('tool_failed', `${receiverProgram}: ${words || 'it does not listen'}`);
}

type Sending = { argv: [string, ...string[]]; folder: string; door: DiskDoor; report: CopyReport };

async function runSender({ argv, folder, door, report: { progress, signal } }: Sending): Promise<void> {
  const words: string[] = [];
  let done = 0;
  const onLine = (line: string) => {
    const seen = parseProgress(line);
    if (seen === null) words.push(line);
    else progress((done = seen));
  };
  // Where nothing is heard, nobody could tell a slow disk from a node that is gone.
  const beat = setInterval(() => progress(done), beatMs);
  const searched = [process.env['PATH'], '/usr/bin:/bin'].filter(Boolean).join(':');
  const env = { PATH: searched, LC_ALL: 'C.UTF-8' };
  try {
    const { exitCode, stopped } = await runGroup({
      ...{ argv, env, cwd: folder, timeoutMs: mostMs, signal, onLine },
    });
    if (stopped === 'canceled') throw new AppError('canceled', 'canceled');
    if (exitCode === 0) return progress(1);
    const said = words.join(' ').trim().slice(-500) || `exit code ${exitCode ?? 'unknown'}`;
    throw new AppError('tool_failed', `${senderProgram}, to ${door.host}:${door.port}: ${said}`);
  } finally {
    clearInterval(beat);
  }
}

async function readMedium(path: string): Promise<{ sizeBytes: number; isDevice: boolean }> {
  const found = await stat(path);
  if (!found.isBlockDevice()) return { sizeBytes: found.size, isDevice: false };
  return { sizeBytes: await readDeviceBytes(path), isDevice: true };
}

/** What the receiver wrote is in the medium's own cache, or in that of the kernel. */
async function syncDisk(path: string): Promise<void> {
  const disk = await open(path, 'r+');
  try {
    await disk.sync();
  } finally {
    await disk.close();
  }
}

function otherSize(sizeBytes: number, there: number): AppError {
  return new AppError('wrong_state', `it has ${sizeBytes} bytes here and ${there} on the other node`, {
    details: { sizeBytes, otherBytes: there },
  });
}
