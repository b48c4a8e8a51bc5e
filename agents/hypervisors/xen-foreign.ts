// Domains that somebody else made: who they are, and the way on which one becomes an instance's and back. It runs on all the while; what changes
// is who acts on its end: xl's own process, which is ended, or the agent.
import { readdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '@/contract/errors';
import type { XenKind } from '@/contract/hypervisor-kind';
import type { ForeignDomain } from '@/contract/schemas/domain';
import { shareReads } from '../tools/share-reads';
import { endMonitor, listMonitors, type Monitor } from '../tools/xl/monitor';
import type { Domain } from '../tools/xl/parse';
import { describeDomains, renameDomain } from '../tools/xl/xl';
import type { Foreign, StartRequest } from './hypervisor';
import { readBootId } from './kvm-record';
import { keepKernel, requireName } from './xen-build';
import { describeDomain } from './xen-config';
import { describeForeign } from './xen-foreign-domain';
import type { XenGuests } from './xen-guests';
import { findDomain } from './xen-node';
import type { XenRecord } from './xen-record';

const settleMs = 60_000;
const lookAgainMs = 200;

export function createXenForeign(guests: XenGuests): (kind: XenKind) => Foreign {
  const { node } = guests;
  const theirs = (domains: Domain[]) =>
    domains.filter(({ domid, uuid, isDying }) => domid !== 0 && !isDying && !guests.isKnown(uuid));
  const list = shareReads(async () => {
    const found = theirs(await node.look());
    if (found.length === 0) return [];
    const described = await describeDomains();
    const whole = found.map((domain) => ({ domain, config: described.get(domain.domid) ?? null }));
    // One that stands still and of which Xen tells nothing is still being built: it is told of at the next look.
    return whole
      .filter(({ domain, config }) => config !== null || !domain.isPaused)
      .map(({ domain, config }) => describeForeign(domain, config))
      .map(keptBy(await namesOfLibvirt()));
  });
  const listeners = new Set<() => void>();
  let last = '[]';
  node.hear((domains) => {
    const now = JSON.stringify(
      theirs(domains).map(({ domid, name, isPaused, reason }) => [domid, name, isPaused, reason]),
    );
    if (now === last) return;
    last = now;
    listeners.forEach((listener) => listener());
  });
  return (kind) => ({
    list: async () => (await list()).filter(({ hypervisor }) => hypervisor === kind),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    takeOver: async (start) => {
      const { id } = start.definition;
      if (!guests.of(id).isLive()) {
        const told = (await list()).find((one) => one.id === id);
        await takeOver(guests, { kind, start, told });
      }
      await node.look();
    },
    letGo: async (id, name) => {
      const domain = findDomain(await node.look(), id);
      if (domain && domain.name !== name)
        await renameDomain(domain.domid, name, `call ${domain.name} ${name} again`);
      await guests.release(id);
      await node.look();
    },
  });
}

/** Where libvirt's driver for Xen keeps what it runs, by names. */
const libvirtFolder = '/run/libvirt/libxl';

async function namesOfLibvirt(): Promise<Set<string>> {
  const files = await readdir(libvirtFolder).catch(() => []);
  return new Set(files.filter((file) => file.endsWith('.xml')).map((file) => basename(file, '.xml')));
}

const keptBy =
  (libvirt: Set<string>) =>
  (domain: ForeignDomain): ForeignDomain => {
    const problem = 'libvirt runs it, and would act on its end.';
    return libvirt.has(domain.name) ? { ...domain, hvParams: {}, problem } : domain;
  };

const whyUnsettled = ({ domid }: Monitor) =>
  domid === null
    ? 'may act on its end: it does not tell which domain it waits for'
    : 'builds a domain, and does not come to an end';

type TakeOver = { kind: XenKind; start: StartRequest; told: ForeignDomain | undefined };

/** What can fail comes first; once nobody else acts on its end, it is ours. */
async function takeOver(guests: XenGuests, { kind, start, told }: TakeOver): Promise<void> {
  const { definition } = start;
  const { id, name } = definition;
  if (!told) throw new AppError('not_found', 'no such domain runs on the node any more');
  requireSame(told, kind, start);
  const guest = guests.of(id);
  const record: XenRecord = {
    ...{ instanceId: id, name, kind, bootId: await readBootId(), startedAt: new Date().toISOString() },
    ...describeDomain(kind, start, guest.files),
    ...{ building: false, ended: null, migration: null },
  };
  requireName(record, await guests.node.look(), `take ${told.name} over`);
  await keepKernel(guest.files, start.boot);
  const { domain, monitors } = await settle(guests, id);
  if (domain.name !== name) await renameDomain(domain.domid, name, `call ${domain.name} ${name}`);
  for (const monitor of monitors) await endMonitor(monitor);
  await guest.adopt(record, domain);
}

/** Of what is told and what is defined, only what the machine itself has: sizes and volumes are the storage's. */
function requireSame(
  { state, problem, disks, nics, ...told }: ForeignDomain,
  kind: XenKind,
  start: StartRequest,
): void {
  const { definition } = start;
  const places = (indexes: (number | null)[]) => indexes.toSorted().join();
  const isSame =
    told.hypervisor === kind &&
    told.vcpus === definition.vcpus &&
    places(disks.map(({ index }) => index)) === places(start.disks.map(({ index }) => index)) &&
    nics.map(({ mac }) => mac).join() === start.nics.map(({ mac }) => mac).join();
  if (state === 'ended') throw new AppError('wrong_state', `${told.name} has ended`);
  if (problem !== null) throw new AppError('wrong_state', problem);
  if (!isSame) throw new AppError('wrong_state', `${told.name} is made of something else by now`);
}

/**
 * The domain, and who waits for its end. While a process of xl's builds a domain anew, whose guest has restarted, it still says that it waits for
 * the one that is gone: until that is over, it is not known which one it will be. Nor is it of one that says nothing.
 */
async function settle(guests: XenGuests, id: string): Promise<{ domain: Domain; monitors: Monitor[] }> {
  const deadline = Date.now() + settleMs;
  for (;;) {
    const monitors = await listMonitors();
    const domains = await guests.node.look();
    const domain = findDomain(domains, id);
    const unsettled = monitors.find(({ domid }) => !domains.some((one) => one.domid === domid));
    if (domain && !unsettled)
      return { domain, monitors: monitors.filter(({ domid }) => domid === domain.domid) };
    if (Date.now() > deadline)
      throw domain && unsettled
        ? new AppError('timeout', `the process ${unsettled.pid} of xl ${whyUnsettled(unsettled)}`)
        : new AppError('not_found', 'no such domain runs on the node any more');
    await delay(lookAgainMs);
  }
}
