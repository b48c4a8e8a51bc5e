// Makes a domain: what must be true before, its kernel as a file of its own, the configuration, and its serial line from the first byte on.
import { access, copyFile, link, mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@/contract/errors';
import type { SerialLine } from '../console/serial-line';
import { isTerminalOf } from '../tools/proc/terminal-master';
import { requireUnclaimed } from '../tools/sys/device-users';
import { readStore } from '../tools/xenstore/xenstore';
import { withClock } from '../tools/xl/clock';
import { buildConfig } from '../tools/xl/config';
import type { Domain } from '../tools/xl/parse';
import { createDomain, readXenInfo, unpauseDomain } from '../tools/xl/xl';
import type { Boot } from './hypervisor';
import { withBootloader } from './xen-bootloader';
import { tellMemory } from './xen-memory';
import { findDomain, isThere, type XenNode } from './xen-node';
import type { XenFiles, XenRecord } from './xen-record';
import { removeDomain } from './xen-removal';
import { builds } from './xen-turns';

const terminalMs = 10_000;
const lookMs = { first: 10, most: 200 };

type Build = { record: XenRecord; files: XenFiles; node: XenNode; serial: SerialLine; paused: boolean };

export async function buildDomain({ record, files, node, serial, paused }: Build): Promise<Domain> {
  const { name, instanceId, config } = record;
  const doing = `start ${name}`;
  await requireMemory(record, doing);
  await requireLoader(config, doing);
  for (const { path, kind, readOnly } of config.disks)
    if (kind !== 'cdrom' && !readOnly) await requireUnclaimed(path, doing);
  await writeFile(files.config, buildConfig(await withClock(config)), { mode: 0o600 });
  await builds.take(() =>
    withBootloader(config, doing, (bootloaderUser) =>
      createDomain(files.config, { doing, bootloaderUser }).catch(sayPlainly),
    ),
  );
  const domain = findDomain(await node.look(), instanceId);
  if (!domain) throw new AppError('tool_failed', `Cannot ${doing}: its domain was gone at once`);
  await tellMemory(record, domain.domid, record.machine.memoryMiB);
  await connectSerial(serial, record, { domid: domain.domid });
  if (!paused) await unpauseDomain(domain.domid, doing);
  return domain;
}

type Identity = { name: string; instanceId: string };

/** Xen knows domains by their names, too. */
export function requireName({ name, instanceId }: Identity, domains: readonly Domain[], doing: string): void {
  const taken = domains.find((domain) => domain.name === name && domain.uuid !== instanceId);
  if (!taken) return;
  const what = `a domain of that name already, which is not this instance (id ${taken.domid})`;
  throw new AppError('tool_failed', `Cannot ${doing}: the node runs ${what}`);
}

/**
 * That a domain can be made of a guest that has none. What is left of an earlier one is taken apart, also where it was never finished; but one that
 * runs, although nothing is written down of it, is somebody's machine.
 */
export async function requirePlace(
  guest: { record(): XenRecord | null },
  identity: Identity,
  { node, doing }: { node: XenNode; doing: string },
): Promise<void> {
  const domains = await node.look();
  requireName(identity, domains, doing);
  if (!isThere(domains, identity.instanceId)) return;
  const own = findDomain(domains, identity.instanceId);
  const isLeft = !own || guest.record()?.building || (own.reason !== null && own.reason !== 'suspend');
  if (!isLeft)
    throw new AppError(
      'wrong_state',
      `Cannot ${doing}: it runs already, as domain ${own.domid}, of which nothing is written down`,
    );
  await removeDomain(node, identity);
}

/** Xen's own answer to too little memory names no numbers. */
export async function requireMemory({ name, kind, config }: XenRecord, doing: string): Promise<void> {
  const info = await readXenInfo();
  if (!info) throw new AppError('unavailable', `Cannot ${doing}: Xen does not answer`);
  // Page tables and what emulates a processor's (xen/docs, shadow memory): 1 MiB for each CPU, 8 KiB for each MiB.
  const overheadMiB = kind === 'xen-pvm' ? 1 : 1 + config.vcpus + Math.ceil(config.memoryMiB / 128);
  const neededMiB = config.memoryMiB + overheadMiB;
  if (info.freeMiB < neededMiB)
    throw new AppError(
      'tool_failed',
      `Cannot ${doing}: ${name} needs ${neededMiB} MiB, and the node has ${info.freeMiB} MiB left for guests`,
      { details: { neededMiB, freeMiB: info.freeMiB } },
    );
}

/** Kernels are kept beforehand; GRUB for domains is read where it lies. */
async function requireLoader({ more: { kernel } }: XenRecord['config'], doing: string): Promise<void> {
  if (typeof kernel !== 'string') return;
  await access(kernel).catch((cause: unknown) => {
    const what = `${kernel}; GRUB for domains is in the package grub-xen-host`;
    throw new AppError('not_found', `Cannot ${doing}: the node has no ${what}`, { cause });
  });
}

/** By the names that the kernel knows them by, which have fifteen letters at most. */
const terminalPrograms = { console: 'xenconsoled', 'serial/0': 'xen-qemu-system' } as const;

/** A PC's may be switched off. */
export const hasSerial = ({ kind, machine }: XenRecord): boolean =>
  kind !== 'xen-hvm' || machine.hvParams.serialConsole;

/**
 * The terminal that Xen's console program or an emulated PC's device model makes for a domain, a moment after this is built. Without one of a
 * living program there is none: its name may mean a terminal of somebody else by now.
 */
export async function connectSerial(
  serial: SerialLine,
  record: XenRecord,
  { domid, patienceMs = terminalMs }: { domid: number; patienceMs?: number },
): Promise<void> {
  await serial.load();
  if (!hasSerial(record)) return;
  const device = record.kind === 'xen-hvm' ? 'serial/0' : 'console';
  const path = `/local/domain/${domid}/${device}/tty`;
  const deadline = Date.now() + patienceMs;
  for (let waitMs = lookMs.first; ; waitMs = Math.min(2 * waitMs, lookMs.most)) {
    const terminal = await readStore(path);
    if (terminal && (await isTerminalOf(terminalPrograms[device], terminal))) return serial.connect(terminal);
    if (Date.now() > deadline)
      throw new AppError('unavailable', `Its console does not come: ${terminalPrograms[device]} may not run`);
    await delay(waitMs);
  }
}

/** A guest that restarts needs its kernel again, when the file that it had may long be another. */
export async function keepKernel(files: XenFiles, boot: Boot): Promise<void> {
  await mkdir(files.folder, { recursive: true, mode: 0o700 });
  for (const file of [files.kernel, files.initrd]) await rm(file, { force: true });
  if (boot.kind !== 'kernel') return;
  await keep(boot.kernel, files.kernel);
  if (boot.initrd !== null) await keep(boot.initrd, files.initrd);
}

/** The file itself, where its name is a link that may soon lead to another one. */
async function keep(original: string, kept: string): Promise<void> {
  try {
    const file = await realpath(original);
    await link(file, kept).catch(() => copyFile(file, kept));
  } catch (cause) {
    throw new AppError('not_found', `The node has no kernel file ${original}`, { cause });
  }
}

/** Without where in Xen's source it was said, each word once. */
function sayPlainly(error: unknown): never {
  const stderr = error instanceof AppError ? String(error.details['stderr'] ?? '') : '';
  const lines = stderr
    .split('\n')
    .filter((line) => /^(?:libxl|xc): error: /.test(line))
    .map((line) => line.replace(/^(?:libxl|xc): error: (?:\S+?:\d+:\S+ )?(?:Domain \d+:)?/, '').trim());
  const [first] = lines;
  if (!(error instanceof AppError) || first === undefined) throw error;
  const [cannot] = error.message.split(': xl:');
  // Without rights pygrub ends well, whatever it found (its parent hands a wait status on as its own), and xl goes on with nothing.
  if (stderr.includes("failed to open file '(null)'"))
    throw new AppError('not_found', `${cannot}: pygrub finds no kernel on its disk`, { cause: error });
  throw new AppError(error.code, `${cannot}: Xen: ${[...new Set(lines)].slice(0, 3).join('; ')}`, {
    cause: error,
    details: error.details,
  });
}
