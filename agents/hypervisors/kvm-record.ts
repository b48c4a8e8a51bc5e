// What the driver writes down about a QEMU, so that a later agent finds it again or can tell how it ended.
import { readFile, rename, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { RunningMachine } from '@/contract/agent-live-calls';
import { Id } from '@/contract/names';
import { Timestamp } from '@/contract/schemas/common';
import { readText } from '../durable-file';
import { qemuProgram } from '../tools/qemu/args';
import { identifyProcess, searchProcess, type ProcessIdentity } from '../tools/proc/process';

const Ended = z.object({
  operState: z.enum(['absent', 'shutdown', 'crashed']),
  detail: z.string().nullable(),
  at: Timestamp,
});
export type Ended = z.infer<typeof Ended>;

export const KvmRecord = z.object({
  instanceId: Id,
  name: z.string(),
  accelerator: z.enum(['kvm', 'tcg']),
  bootId: z.string(),
  startedAt: Timestamp,
  socketRoot: z.string(),
  /** null while QEMU is being started. */
  process: z.object({ pid: z.number().int(), startTime: z.number() }).nullable(),
  ended: Ended.nullable(),
  /** What it is made of by now; null where an older agent started it, which placed devices by chance, or this one does not understand it. */
  machine: RunningMachine.nullable().default(null).catch(null),
  /** `target`: it waits for its state, or has it and does not run yet. `source`: it is or was being sent; `resume`: it ran before. */
  migration: z
    .discriminatedUnion('side', [
      z.object({ side: z.literal('target') }),
      z.object({ side: z.literal('source'), resume: z.boolean() }),
    ])
    .nullable()
    .default(null),
});
export type KvmRecord = z.infer<typeof KvmRecord>;

/** null where there is none, or what a power failure left of it means nothing: then no QEMU runs either. */
export async function readRecord(path: string): Promise<KvmRecord | null> {
  const text = await readText(path);
  if (text === null) return null;
  try {
    return KvmRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function writeRecord(path: string, record: KvmRecord): Promise<void> {
  const draft = `${path}.new`;
  await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
  await rename(draft, path);
}

export async function readBootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}

/** The process that belongs to a record: as noted, or (the agent died while starting it) the QEMU that has the instance's id in its arguments. */
export async function findProcess({ instanceId, process }: KvmRecord): Promise<ProcessIdentity | null> {
  if (!process) return searchProcess(qemuProgram, instanceId);
  const identity = await identifyProcess(process.pid, instanceId);
  return identity?.startTime === process.startTime ? identity : null;
}
