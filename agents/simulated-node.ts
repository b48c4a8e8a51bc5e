// A whole simulated node: drivers over a folder, finite memory and disk, and facts that follow from what runs on it.
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import type { NodeFacts } from '@/contract/schemas/node';
import { openNode, type AgentNode } from './agent-node';
import { ok } from './checks/check';
import { openDefinitions, type Definitions } from './definitions';
import { createSimulatedCopy } from './disk-copy/simulated';
import { isRunning } from './driver-choice';
import type { Drivers } from './drivers';
import { createSimulatedHooks } from './hooks/simulated';
import { createSimulatedHypervisor, type SimulatedTiming } from './hypervisors/simulated';
import { createSimulatedDoors, type SimulatedDoors } from './hypervisors/simulated-doors';
import {
  type ForeignMachines,
  openSimulatedForeign,
  type SimulatedForeign,
} from './hypervisors/simulated-foreign';
import { createImageCache } from './images/image-cache';
import { createSavedImages } from './images/saved-images';
import { createSimulatedImageTool } from './images/simulated';
import type { IdentityStore } from './identity';
import type { Log } from './log';
import { createSimulatedNetwork, type SimulatedNetwork } from './network/simulated';
import { listScripts, readPools } from './node-facts';
import type { Ticker } from './observe';
import { createSimulatedExport, createSimulatedOs } from './os/simulated';
import { openSimulatedDisks, type SimulatedDisks } from './simulated-disks';
import { createFaults, type Faults } from './simulated-faults';
import { createSimulatedFencing } from './fencing/simulated';
import { createSimulatedTools, type SimulatedTools } from './operator/simulated';
import type { SimulatedPool } from './storage/simulated-pool';
import { createSimulatedVolumes } from './storage/simulated-volumes';
import type { SimulatedMirror } from './storage/simulated-mirror';
import { createSimulatedWire, type SimulatedWire } from './storage/simulated-wire';
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
  /** What its mirrors reach other nodes over. */
  wire?: SimulatedWire;
  /** Through which its instances and what disks hold move to other nodes of the process; absent: to none. */
  doors?: SimulatedDoors;
};

export type SimulatedNode = AgentNode & {
  faults: Faults;
  /** Of its own in the process's. */
  readonly dataDir: string;
  pluggedNics(): string[];
  operator: SimulatedTools;
  /** Where its disks lie; a test may leave something there. */
  readonly pools: SimulatedPool[];
  mirrors: SimulatedMirror;
  /** What runs on it and is no instance; a test may leave something there. */
  readonly foreign: ForeignMachines;
  /** Closes it; when it is opened again, nothing runs and no device is up, as after a power cut. */
  losePower(): Promise<void>;
};

const usualSize: SimulatedSize = { threads: 32, memoryMiB: 131_072, diskMiB: 2_097_152 };
const bridges = ['br0', 'br1'];
const isos = ['debian-12-netinst.iso', 'memtest.iso'];

export async function openSimulatedNode(request: SimulatedNodeRequest): Promise<SimulatedNode> {
  const { dataDir, log, name, faults = createFaults(), size = usualSize } = request;
  const { wire = createSimulatedWire() } = request;
  const definitions = await openDefinitions(dataDir, log);
  const disks = openSimulatedDisks({
    ...{ nodeId: request.nodeId, faults, definitions, wire },
    ...{ folder: stateFolder(dataDir), capacityMiB: size.diskMiB },
  });
  const theirs = openSimulatedForeign(runningFolder(dataDir));
  const { drivers, networks } = createDrivers({ ...request, faults, disks, theirs });
  const bootId = randomUUID();
  const operator = createSimulatedTools(faults);
  const volumes = disks.pools.map((pool) => createSimulatedVolumes(pool, faults));
  const { doors = createSimulatedDoors() } = request;
  const copies = createSimulatedCopy({ pools: disks.pools, doors, faults });
  const node = await openNode({
    ...request,
    drivers,
    tools: { fencing: createSimulatedFencing(faults), operator, volumes, copies },
    definitions,
    readFacts: () => readSimulatedFacts({ nodeId: request.nodeId, drivers, definitions, name, size, bootId }),
  });
  const pluggedNics = () => networks.flatMap((network) => network.plugged());
  const close = async () => {
    await node.close();
    disks.mirrors.unplug();
  };
  const losePower = async () => {
    await close();
    await rm(runningFolder(dataDir), { recursive: true, force: true });
    disks.mirrors.losePower();
  };
  return {
    ...node,
    faults,
    dataDir,
    pluggedNics,
    operator,
    pools: disks.pools,
    mirrors: disks.mirrors,
    foreign: theirs,
    close,
    losePower,
  };
}

type DriversRequest = Pick<SimulatedNodeRequest, 'dataDir' | 'timing' | 'doors'> & {
  faults: Faults;
  disks: SimulatedDisks;
  theirs: SimulatedForeign;
};

function createDrivers({ dataDir, faults, disks, timing, doors, theirs }: DriversRequest) {
  const networks: SimulatedNetwork[] = (['user', 'bridged'] as const).map((mode) =>
    createSimulatedNetwork({ mode, links: bridges, faults }),
  );
  const folder = path.join(dataDir, 'images');
  const tool = createSimulatedImageTool(faults);
  const images = createImageCache({ folder, tool });
  const saved = createSavedImages({
    folder: path.join(dataDir, 'saved-images'),
    scripts: createSimulatedExport(faults),
    tool,
  });
  const drivers: Drivers = {
    hypervisors: [
      createSimulatedHypervisor({ folder: runningFolder(dataDir), faults, timing, doors, theirs }),
    ],
    storages: disks.storages,
    networks,
    oses: (['tiny', 'iso', 'script', 'image', 'none'] as const).map((kind) =>
      createSimulatedOs({ kind, isos, images, faults }),
    ),
    images,
    saved,
    hooks: createSimulatedHooks(path.join(dataDir, 'hooks'), faults),
    isoFolder: null,
  };
  return { drivers, networks };
}

const stateFolder = (dataDir: string) => path.join(dataDir, 'simulated');
const runningFolder = (dataDir: string) => path.join(stateFolder(dataDir), 'running');

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
    checks: [ok('simulated', 'A simulated node needs nothing of its machine.')],
    oses: drivers.oses.flatMap((os) => os.offer() ?? []),
    isos,
    scripts: await listScripts(drivers),
    hooks: await drivers.hooks.list(),
  };
}

/** Nothing listens there, but each node has another one, so that whoever mixes them up is found out. */
function addressOf(nodeId: string): string {
  const bytes = [0, 2, 4].map((at) => Number.parseInt(nodeId.slice(at, at + 2), 16));
  return ['127', ...bytes].join('.');
}
