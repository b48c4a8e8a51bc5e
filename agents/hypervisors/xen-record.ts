// What the driver writes down about a domain, so that a later agent finds it again, builds it anew when its guest restarts, or can tell how it
// ended.
import { join } from 'node:path';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { xenKinds } from '@/contract/hypervisor-kind';
import { RunningMachine } from '@/contract/agent-live-calls';
import { Id } from '@/contract/names';
import { Timestamp } from '@/contract/schemas/common';
import { readText } from '../durable-file';
import type { XenConfig } from '../tools/xl/config';

export type XenFiles = {
  folder: string;
  record: string;
  config: string;
  serialLog: string;
  kernel: string;
  initrd: string;
};

export function xenFiles(stateFolder: string, instanceId: string): XenFiles {
  const folder = join(stateFolder, instanceId);
  const file = (name: string) => join(folder, name);
  return {
    folder,
    record: file('run.json'),
    config: file('domain.cfg'),
    serialLog: file('serial.log'),
    kernel: file('kernel'),
    initrd: file('initrd'),
  };
}

const Value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]);
const Config = z.object({
  name: z.string(),
  uuid: z.string(),
  type: z.enum(['pv', 'pvh', 'hvm']),
  memoryMiB: z.number(),
  vcpus: z.number(),
  disks: z.array(
    z.object({
      path: z.string(),
      vdev: z.string(),
      readOnly: z.boolean(),
      kind: z.literal('cdrom').optional(),
    }),
  ),
  nics: z.array(z.object({ mac: z.string(), bridge: z.string(), model: z.string().optional() })),
  more: z.record(z.string(), Value),
}) satisfies z.ZodType<XenConfig>;

const Ended = z.object({
  operState: z.enum(['absent', 'shutdown', 'crashed']),
  detail: z.string().nullable(),
  at: Timestamp,
});
export type Ended = z.infer<typeof Ended>;

export const XenRecord = z.object({
  instanceId: Id,
  name: z.string(),
  kind: z.enum(xenKinds),
  bootId: z.string(),
  startedAt: Timestamp,
  /** What it is built of when its guest restarts: what it was started with and what was plugged since. */
  config: Config,
  machine: RunningMachine,
  /** Until it goes on for the first time. An agent that finds this has died in the middle of it. */
  building: z.boolean().default(false),
  ended: Ended.nullable(),
  /** `target`: it arrives, or has (`arrived`) and does not run yet. `source`: it is being sent, or was (`sent`) and stands still here. */
  migration: z
    .discriminatedUnion('side', [
      z.object({ side: z.literal('target'), arrived: z.boolean() }),
      z.object({ side: z.literal('source'), sent: z.boolean() }),
    ])
    .nullable(),
});
export type XenRecord = z.infer<typeof XenRecord>;

/** null where there is none, or what a power failure left of it means nothing. */
export async function readXenRecord(path: string): Promise<XenRecord | null> {
  const text = await readText(path);
  if (text === null) return null;
  try {
    return XenRecord.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

export async function writeXenRecord(files: XenFiles, record: XenRecord): Promise<void> {
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  const draft = `${files.record}.new`;
  await writeFile(draft, JSON.stringify(record), { mode: 0o600 });
  await rename(draft, files.record);
}

export async function removeXenFiles({ folder }: XenFiles): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}

export const endedNow = (ended: Omit<Ended, 'at'>): Ended => ({ ...ended, at: new Date().toISOString() });
