// The tool of Xen, one function for each of its commands that the agent uses. Each has an end: `xl` waits for guests and hotplug scripts.
import { AppError } from '@/contract/errors';
import { run } from '../run';
import { shareReads } from '../share-reads';
import { type DomainConfig, parseDescriptions } from './described';
import { placeHotplugScripts } from './hotplug';
import { type Domain, parseDevices, parseDomains, parseInfo, type XenDevice, type XenInfo } from './parse';

const quickMs = 20_000;
/** Xen itself gives up on each device after some 40 s; a domain has several. Who asked for it waits for that, and for what comes before and after. */
const deviceMs = 120_000;
/** Within that: what xl waits for is ended by xl, or by nobody. */
const bootloaderS = 60;

type Call = { doing: string; timeoutMs?: number; signal?: AbortSignal; env?: Record<string, string> };

async function xl(args: string[], { doing, timeoutMs = quickMs, signal, env }: Call): Promise<string> {
  const { stdout } = await run({ argv: ['xl', ...args], doing, timeoutMs, signal, env });
  return stdout;
}

export async function listDomains(): Promise<Domain[]> {
  const output = await xl(['list', '-v'], { doing: 'list the domains of the node' });
  const domains = parseDomains(output);
  // The node itself is one.
  if (domains.length > 0) return domains;
  throw new AppError('internal', 'xl lists no domains in a way that is understood', { details: { output } });
}

/** By their numbers; null where one is told in a way that is not understood. */
export async function describeDomains(): Promise<Map<number, DomainConfig | null>> {
  return parseDescriptions(await xl(['list', '-l'], { doing: 'describe the domains of the node' }));
}

/** null where Xen does not run. */
export const readXenInfo: () => Promise<XenInfo | null> = shareReads(async () => {
  const output = await xl(['info'], { doing: 'ask Xen about itself' }).catch(() => '');
  return parseInfo(output);
});

/**
 * Without a process of `xl`'s own that waits for its end; it stands still until it is let go. What reads its kernel from its disk runs as
 * `bootloaderUser`.
 */
export async function createDomain(
  file: string,
  { doing, bootloaderUser }: { doing: string; bootloaderUser: string | null },
): Promise<void> {
  const env = bootloaderUser === null ? {} : restrictTo(bootloaderUser);
  await placeHotplugScripts();
  await xl(['create', '-e', '-p', '-q', file], { doing, timeoutMs: deviceMs, env });
}

const restrictTo = (user: string) => ({
  LIBXL_BOOTLOADER_RESTRICT: '1',
  LIBXL_BOOTLOADER_USER: user,
  LIBXL_BOOTLOADER_TIMEOUT: String(bootloaderS),
});

/** Gone already is success. */
export async function destroyDomain(domid: number, doing: string): Promise<void> {
  await xl(['destroy', String(domid)], { doing, timeoutMs: deviceMs }).catch(
    forgive(/Non-existant domain|does not exist|invalid domain identifier/),
  );
}

/** Only asks. Without drivers of Xen's in the guest it is asked as by its power button. */
export async function askToShutDown(domid: number, doing: string): Promise<void> {
  await xl(['shutdown', '-F', String(domid)], { doing });
}

export async function pauseDomain(domid: number, doing: string): Promise<void> {
  await xl(['pause', String(domid)], { doing });
}

export async function unpauseDomain(domid: number, doing: string): Promise<void> {
  await xl(['unpause', String(domid)], { doing });
}

export async function setMemory(domid: number, memoryMiB: number, doing: string): Promise<void> {
  await xl(['mem-set', String(domid), `${memoryMiB}m`], { doing });
}

export async function renameDomain(domid: number, name: string, doing: string): Promise<void> {
  await xl(['rename', String(domid), name], { doing });
}

export async function attachDisk(domid: number, words: string, doing: string): Promise<void> {
  await placeHotplugScripts();
  await xl(['block-attach', String(domid), words], { doing, timeoutMs: deviceMs });
}

/** `number` as `listDisks` has it. Waits until the guest lets go of it. */
export async function detachDisk(domid: number, number: number, doing: string): Promise<void> {
  await xl(['block-detach', String(domid), String(number)], { doing, timeoutMs: deviceMs });
}

export async function attachNic(domid: number, words: string, doing: string): Promise<void> {
  await placeHotplugScripts();
  await xl(['network-attach', String(domid), ...words.split(',')], { doing, timeoutMs: deviceMs });
}

export async function detachNic(domid: number, number: number, doing: string): Promise<void> {
  await xl(['network-detach', String(domid), String(number)], { doing, timeoutMs: deviceMs });
}

export async function insertCd(domid: number, vdev: string, path: string, doing: string): Promise<void> {
  await xl(['cd-insert', String(domid), vdev, path], { doing });
}

export async function ejectCd(domid: number, vdev: string, doing: string): Promise<void> {
  await xl(['cd-eject', String(domid), vdev], { doing });
}

export async function listDisks(domid: number): Promise<XenDevice[]> {
  return parseDevices(await xl(['block-list', String(domid)], { doing: 'list the disks of a domain' }));
}

export async function listNics(domid: number): Promise<XenDevice[]> {
  return parseDevices(await xl(['network-list', String(domid)], { doing: 'list the NICs of a domain' }));
}

function forgive(words: RegExp): (error: unknown) => void {
  return (error) => {
    const stderr = error instanceof AppError ? String(error.details?.['stderr'] ?? '') : '';
    if (!words.test(stderr)) throw error;
  };
}
