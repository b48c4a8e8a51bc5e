// Starts a QEMU and takes it over, or leaves nothing behind and says QEMU's own words.
import { open } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { buildQemuArgs, qemuProgram } from '../tools/qemu/args';
import { identifyProcess } from '../tools/qemu/process';
import { launch } from '../tools/run';
import type { StartRequest } from './hypervisor';
import { prepareFiles, readLastWords } from './kvm-files';
import { openHandles } from './kvm-handles';
import type { QemuUser } from './qemu-user';
import type { KvmGuest } from './kvm-guest';
import { readBootId, writeRecord, type KvmRecord } from './kvm-record';

export async function startQemu(request: {
  guest: KvmGuest;
  start: StartRequest;
  accelerator: 'kvm' | 'tcg';
  socketRoot: string;
  user: QemuUser | null;
}): Promise<void> {
  const { guest, start, accelerator, socketRoot, user } = request;
  const { files, serial } = guest;
  const { definition } = start;
  await prepareFiles(files, user);
  await serial.load();
  let record: KvmRecord = {
    instanceId: definition.id,
    name: definition.name,
    accelerator,
    bootId: await readBootId(),
    startedAt: new Date().toISOString(),
    socketRoot,
    process: null,
    ended: null,
  };
  await writeRecord(files.record, record);
  const doing = `start ${definition.name}`;
  let argv: [string, ...string[]] = [qemuProgram];
  try {
    const handles = user && (await openHandles(start, files));
    argv = buildQemuArgs({ machine: start, paths: files, ...handles, accelerator });
    const log = await open(files.log, 'a', 0o600);
    const from = handles && { cwd: files.socketFolder, fds: handles.fds, user };
    const qemu = await launch({ argv, doing, outputFd: log.fd, ...from }).finally(() =>
      Promise.all([log.close(), handles?.close()]),
    );
    record = { ...record, process: await identifyProcess(qemu.pid, definition.id) };
    await writeRecord(files.record, record);
    await guest.adopt({ record, child: qemu.ended });
  } catch (cause) {
    await guest.abandon(record);
    const words = await readLastWords(files.log);
    const message = words === '' ? messageOf(cause) : `QEMU: ${words}`;
    throw new AppError('tool_failed', `Cannot ${doing}: ${message}`, {
      cause,
      details: { argv, stderr: words },
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Cannot start [^:]*: /, '') : String(error);
}
