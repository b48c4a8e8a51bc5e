// What the node is and has, read from the kernel and asked of the drivers each time.
import { readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import type { DiskTemplate, Pool } from '@/contract/schemas/disk';
import type { NodeCheck, NodeFacts } from '@/contract/schemas/node';
import type { ScriptOffer } from '@/contract/schemas/os-script';
import type { Drivers } from './drivers';
import { listIsos } from './os/iso';
import { findReplicationAddress } from './replication-address';
import type { Storage } from './storage/block-device';

export type FactsRequest = {
  agentVersion: string;
  drivers: Drivers;
  /** The one that was chosen; null: found out. */
  replicationAddress: string | null;
  readChecks(): Promise<NodeCheck[]>;
};

export async function readNodeFacts(request: FactsRequest): Promise<NodeFacts> {
  const { agentVersion, drivers } = request;
  // All at once, so that what is asked for in the same call shares a look at the volumes. A node that cannot tell one thing is still worth knowing.
  const [bootId, osRelease, cpuinfo, meminfo, isos, links, driverFacts, checks, scripts, hooks, host] =
    await Promise.all([
      readText('/proc/sys/kernel/random/boot_id'),
      readText('/etc/os-release'),
      readText('/proc/cpuinfo'),
      readText('/proc/meminfo'),
      drivers.isoFolder === null ? [] : listIsos(drivers.isoFolder),
      Promise.all(drivers.networks.map((network) => network.links().catch(() => []))),
      readDriverFacts(drivers),
      request.readChecks(),
      listScripts(drivers),
      drivers.hooks.list().catch(() => []),
      drivers.hypervisors[0]?.host?.().catch(() => null),
    ]);
  const bridges = links.flat();
  return {
    agentVersion,
    bootId: bootId.trim(),
    hostName: hostname(),
    kernel: release(),
    osName: parseOsName(osRelease),
    clock: new Date().toISOString(),
    cpu: { ...parseCpu(cpuinfo), ...(host && { threads: host.threads }) },
    memory: host?.memory ?? parseMemory(meminfo),
    ...(host && { xen: host.xen }),
    ...driverFacts,
    replicationAddress: await findReplicationAddress(request.replicationAddress, bridges),
    checks,
    bridges,
    oses: drivers.oses.map((os) => os.offer()).filter((offer) => offer !== null),
    isos,
    scripts,
    hooks,
  };
}

type DriverFacts = Pick<NodeFacts, 'pools' | 'accelerator' | 'hypervisors' | 'diskTemplates'>;

async function readDriverFacts({ hypervisors, storages }: Drivers): Promise<DriverFacts> {
  const asked = hypervisors.map(async (driver) => ({ kind: driver.kind, version: await driver.version() }));
  const [pools, versions] = await Promise.all([readPools(storages), Promise.all(asked)]);
  return {
    pools,
    accelerator: hypervisors[0]?.accelerator() ?? noAccelerator,
    hypervisors: versions.flatMap(({ kind, version }) => (version === null ? [] : [{ kind, version }])),
    diskTemplates: storages.map(({ template }): DiskTemplate => template),
  };
}

/** The OS definitions of the node, by name. */
export async function listScripts({ oses }: Drivers): Promise<ScriptOffer[]> {
  const lists = await Promise.all(oses.map((os) => os.listScripts?.().catch(() => [])));
  return lists.flatMap((list) => list ?? []).slice(0, mostScripts);
}
const mostScripts = 1_000;

/** The pools of all drivers; several may make their disks in the same one. */
export async function readPools(storages: Storage[]): Promise<Pool[]> {
  // A node that cannot tell one thing is still worth knowing.
  const lists = await Promise.all(storages.map((storage) => storage.pools().catch(() => [])));
  return [...new Map(lists.flat().map((pool) => [poolKey(pool), pool])).values()];
}

/** What tells a pool from the others of its node. */
export function poolKey({ kind, name }: Pool): string {
  return `${kind} ${name}`;
}

const noAccelerator = { setting: 'auto', used: 'tcg', reason: 'The node has no hypervisor.' } as const;

/** Flags that decide what an instance may expect; the kernel knows a hundred more. */
const toldFlags = ['vmx', 'svm', 'aes', 'sse4_2', 'avx', 'avx2', 'avx512f', 'hypervisor'];

export function parseCpu(cpuinfo: string): NodeFacts['cpu'] {
  const flags = (/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '').trim().split(/\s+/);
  return {
    model: /^model name\s*:\s*(.+)$/m.exec(cpuinfo)?.[1]?.trim() ?? 'unknown',
    threads: cpuinfo.match(/^processor\s*:/gm)?.length ?? 0,
    flags: toldFlags.filter((flag) => flags.includes(flag)),
  };
}

export function parseMemory(meminfo: string): NodeFacts['memory'] {
  const mib = (field: string) => {
    const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(meminfo)?.[1];
    return Math.floor(Number(kib ?? 0) / 1024);
  };
  return { totalMiB: mib('MemTotal'), freeMiB: mib('MemAvailable') };
}

export function parseOsName(osRelease: string): string {
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? 'Linux';
}

const readText = (path: string) => readFile(path, 'utf8').catch(() => '');
