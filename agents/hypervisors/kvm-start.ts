// Starts a QEMU and takes it over, or leaves nothing behind and says QEMU's own words.
import { open } from 'node:fs/promises';
import { AppError } from '@/contract/errors';
import { buildQemuArgs } from '../tools/qemu/args';
import { identifyProcess } from '../tools/qemu/process';
import { launch } from '../tools/run';
import type { StartRequest } from './hypervisor';
import { prepareFiles, readLastWords } from './kvm-files';
import type { KvmGuest } from './kvm-guest';
import { readBootId, writeRecord, type KvmRecord } from './kvm-record';

export async function startQemu(request: {
  guest: KvmGuest;
  start: StartRequest;
  accelerator: 'kvm' | 'tcg';
  socketRoot: string;
}): Promise<void> {
  const { guest, start, accelerator, socketRoot } = request;
  const { files, serial } = guest;
  const { definition } = start;
  await prepareFiles(files);
  await serial.load();
  const record: KvmRecord = {
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
  const log = await open(files.log, 'a', 0o600);
  const argv = buildQemuArgs({ machine: start, paths: files, accelerator });
  const doing = `start ${definition.name}`;
  const qemu = await launch({ argv, doing, outputFd: log.fd }).finally(() => log.close());
  try {
    const process = await identifyProcess(qemu.pid, definition.id);
    const started = { ...record, process };
    await writeRecord(files.record, started);
    await guest.adopt({ record: started, child: qemu.ended });
  } catch (cause) {
    await guest.abandon();
    const words = await readLastWords(files.log);
    const message = `Cannot ${doing}: QEMU: ${words === '' ? messageOf(cause) : words}`;
    throw new AppError('tool_failed', message, { cause, details: { argv, stderr: words } });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
