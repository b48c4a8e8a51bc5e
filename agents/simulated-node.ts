// A whole simulated node: drivers over a folder, finite memory and disk, and facts that follow from what runs on it.
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { defaultVg } from '@/contract/schemas/disk';
import type { NodeFacts } from '@/contract/schemas/node';
import { openNode, type AgentNode } from './agent-node';
import { ok } from './checks/check';
import { openDefinitions, type Definitions } from './definitions';
import { isRunning } from './driver-choice';
import type { Drivers } from './drivers';
import { createSimulatedHypervisor, type SimulatedTiming } from './hypervisors/simulated';
import type { IdentityStore } from './identity';
import type { Log } from './log';
import { createSimulatedNetwork, type SimulatedNetwork } from './network/simulated';
import { readPools } from './node-facts';
import type { Ticker } from './observe';
import { createSimulatedOs } from './os/simulated';
import { createFaults, type Faults } from './simulated-faults';
import { createDisklessStorage } from './storage/diskless';
import { createSimulatedStorage } from './storage/simulated';
import { openSimulatedPool } from './storage/simulated-pool';
import { agentVersion } from './version';

export type SimulatedSize = { threads: number; memoryMiB: number; diskMiB: number };

export type SimulatedNodeRequest = {
  nodeId: string;
  name: string;
  dataDir: string;
  store: IdentityStore;
  log: Log;
  onRenewed(): Promise<void>;
  onLeft(): void;
  size?: SimulatedSize;
  timing?: SimulatedTiming;
  ticker?: Ticker;
  faults?: Faults;
};

export type SimulatedNode = AgentNode & { faults: Faults; pluggedNics(): string[] };

const usualSize: SimulatedSize = { threads: 32, memoryMiB: 131_072, diskMiB: 2_097_152 };
const bridges = ['br0', 'br1'];
const isos = ['debian-12-netinst.iso', 'memtest.iso'];

export async function openSimulatedNode(request: SimulatedNodeRequest): Promise<SimulatedNode> {
  const { dataDir, log, name, faults = createFaults(), size = usualSize } = request;
  const definitions = await openDefinitions(dataDir, log);
  const { drivers, networks } = await createDrivers({
    dataDir,
    faults,
    size,
    definitions,
    timing: request.timing,
  });
  const bootId = randomUUID();
  const node = await openNode({
    ...request,
    drivers,
    definitions,
    readFacts: () => readSimulatedFacts({ nodeId: request.nodeId, drivers, definitions, name, size, bootId }),
  });
  return { ...node, faults, pluggedNics: () => networks.flatMap((network) => network.plugged()) };
}

type DriversRequest = Pick<SimulatedNodeRequest, 'dataDir' | 'timing'> & {
  faults: Faults;
  size: SimulatedSize;
  definitions: Definitions;
};

async function createDrivers({ dataDir, faults, size, definitions, timing }: DriversRequest) {
  const folder = (name: string) => path.join(dataDir, 'simulated', name);
  const networks: SimulatedNetwork[] = (['user', 'bridged'] as const).map((mode) =>
    createSimulatedNetwork({ mode, links: bridges, faults }),
  );
  const capacityMiB = size.diskMiB;
  const disks = folder('disks');
  const folderPool = openSimulatedPool({ kind: 'folder', name: disks, folder: disks, capacityMiB });
  const vg = openSimulatedPool({ kind: 'vg', name: defaultVg, folder: folder('volumes'), capacityMiB });
  const manners = { faults, nameOf: (id: string) => definitions.get(id)?.name };
  const drivers: Drivers = {
    hypervisors: [createSimulatedHypervisor({ folder: folder('running'), faults, timing })],
    storages: [
      createDisklessStorage(),
      createSimulatedStorage({ ...manners, template: 'simulated', pool: folderPool }),
      createSimulatedStorage({ ...manners, template: 'plain', pool: vg }),
    ],
    networks,
    oses: (['tiny', 'iso', 'none'] as const).map((kind) => createSimulatedOs({ kind, isos, faults })),
    isoFolder: null,
  };
  return { drivers, networks };
}

type FactsRequest = {
  nodeId: string;
  drivers: Drivers;
  definitions: Definitions;
  name: string;
  size: SimulatedSize;
  bootId: string;
};

async function readSimulatedFacts(request: FactsRequest): Promise<NodeFacts> {
  const { nodeId, drivers, definitions, name, size, bootId } = request;
  const running = drivers.hypervisors.flatMap((hypervisor) => hypervisor.list().filter(isRunning));
  const usedMiB = running.reduce((sum, { id }) => sum + (definitions.get(id)?.memoryMiB ?? 0), 0);
  return {
    agentVersion,
    bootId,
    hostName: name,
    kernel: '6.1.0-simulated',
    osName: 'Simulated',
    clock: new Date().toISOString(),
    cpu: { model: 'Simulated CPU', threads: size.threads, flags: ['vmx'] },
    memory: { totalMiB: size.memoryMiB, freeMiB: Math.max(0, size.memoryMiB - usedMiB) },
    pools: await readPools(drivers.storages),
    replicationAddress: addressOf(nodeId),
    accelerator: drivers.hypervisors[0]?.accelerator() ?? { setting: 'auto', used: 'tcg', reason: '' },
    hypervisors: [{ kind: 'simulated', version: '1.0' }],
    diskTemplates: drivers.storages.map(({ template }) => template),
    bridges,
    oses: drivers.oses.flatMap((os) => os.offer() ?? []),
    isos,
    checks: [ok('simulated', 'A simulated node needs nothing of its machine.')],
  };
}

/** Nothing listens there, but each node has another one, so that whoever mixes them up is found out. */
function addressOf(nodeId: string): string {
  const bytes = [0, 2, 4].map((at) => Number.parseInt(nodeId.slice(at, at + 2), 16));
  return ['127', ...bytes].join('.');
}
