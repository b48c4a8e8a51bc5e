// Starts a QEMU and takes it over, or leaves nothing behind and says QEMU's own words.
import { open } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import type { RunningMachine } from '@/contract/agent-live-calls';
import { IsoName } from '@/contract/names';
import { buildQemuArgs, qemuProgram } from '../tools/qemu/args';
import { identifyProcess } from '../tools/proc/process';
import { launch } from '../tools/run';
import { placeOf, type StartRequest } from './hypervisor';
import { prepareFiles, readLastWords } from './kvm-files';
import { firmwareAndCd, openHandles } from './kvm-handles';
import type { QemuUser } from './qemu-user';
import type { KvmGuest } from './kvm-guest';
import { readBootId, writeRecord, type KvmRecord } from './kvm-record';

export type QemuStart = {
  guest: KvmGuest;
  start: StartRequest;
  accelerator: 'kvm' | 'tcg';
  socketRoot: string;
  user: QemuUser | null;
  /** Its memory comes from another node. */
  isIncoming?: boolean;
};

export async function startQemu(request: QemuStart): Promise<void> {
  const { guest, start, accelerator, socketRoot, user, isIncoming = false } = request;
  const { files, serial } = guest;
  const { definition } = start;
  const begins = start.paused ? 'paused' : 'running';
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
    machine: machineOf(start, accelerator),
    migration: isIncoming ? { side: 'target' } : null,
  };
  await writeRecord(files.record, record);
  const doing = `start ${definition.name}`;
  let argv: [string, ...string[]] = [qemuProgram];
  try {
    const handles = await openHandles({ start, files, user, begins: isIncoming ? 'incoming' : begins });
    argv = buildQemuArgs({ ...handles, accelerator });
    const log = await open(files.log, 'a', 0o600);
    const from = { cwd: files.socketFolder, fds: handles.fds, user };
    const qemu = await launch({ argv, doing, outputFd: log.fd, ...from }).finally(() =>
      Promise.all([log.close(), handles.close()]),
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

function machineOf(start: StartRequest, accelerator: RunningMachine['accelerator']): RunningMachine {
  const { vcpus, memoryMiB, hvParams } = start.definition;
  return {
    ...{ accelerator, vcpus, memoryMiB },
    hvParams: { ...hvParams, cdrom: IsoName.safeParse(firmwareAndCd(start).cd?.iso).data ?? null },
    disks: start.disks.map(placeOf),
    nics: start.nics.map(placeOf),
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^Cannot start [^:]*: /, '') : String(error);
}
