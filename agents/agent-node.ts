// One node in a process: its drivers, definitions and handlers behind the door that the server opens to the control plane.
import type { ObservedInstance } from '@/contract/agent-calls';
import type { NodeFacts } from '@/contract/schemas/node';
import { createCertificateCalls } from './calls/certificate';
import { createDiskCalls } from './calls/disk';
import { createCopyCalls } from './calls/disk-copy';
import type { NodeDoor } from './calls/handlers';
import { createForeignCalls } from './calls/foreign';
import { createHookCalls } from './calls/hooks';
import { createImageCalls } from './calls/image';
import { createInstanceCalls } from './calls/instance';
import { createMirrorCalls } from './calls/mirror';
import { createLiveCalls } from './calls/instance-live';
import { createMigrationCalls } from './calls/instance-migration';
import { createPowerCalls } from './calls/instance-power';
import { createNodeCalls } from './calls/node';
import { createOsCalls } from './calls/os';
import { createToolCalls } from './calls/node-tools';
import { createVolumeCalls } from './calls/volume';
import type { Definitions } from './definitions';
import { hypervisorOf, isHere, observedOf } from './driver-choice';
import type { Drivers } from './drivers';
import type { IdentityStore } from './identity';
import { listForeignDomains } from './foreign-domains';
import { releaseResources } from './instance-resources';
import { createKeyedLocks } from './keyed-locks';
import { wordsOf, type Log } from './log';
import type { FactsWish, NodeParts } from './node-parts';
import { readToolFacts, type NodeTools } from './node-tools';
import { createObserver, type Ticker } from './observe';
import { prepareOses } from './os/prepare-oses';
import { readSettings } from './settings';

export type AgentNode = NodeDoor & {
  /** Lets go of timers, sockets and drivers; instances keep running. */
  close(): Promise<void>;
};

export type AgentNodeRequest = {
  nodeId: string;
  dataDir: string;
  drivers: Drivers;
  tools: NodeTools;
  definitions: Definitions;
  store: IdentityStore;
  log: Log;
  readFacts(how?: FactsWish): Promise<NodeFacts>;
  onRenewed(): Promise<void>;
  onLeft(): void;
  ticker?: Ticker;
};

/** Finds running instances again, then answers the node's door. */
export async function openNode(request: AgentNodeRequest): Promise<AgentNode> {
  const { drivers, definitions, log, ticker } = request;
  const readFacts = async (how?: FactsWish) => {
    if (how?.checkAgain) preparation.again();
    // At once, so that they share a look at the node. What runs here and is no instance is still worth knowing without, too.
    const [facts, toolFacts, domains] = await Promise.all([
      request.readFacts(how),
      readToolFacts(request.tools),
      listForeignDomains(drivers, definitions).catch(() => undefined),
    ]);
    return { ...facts, ...toolFacts, domains };
  };
  const { accelerator } = await readSettings(request.dataDir);
  await request.tools.copies
    .endAll()
    .catch((error: unknown) => log(`cannot end copies of disks: ${wordsOf(error)}`));
  for (const hypervisor of drivers.hypervisors) {
    hypervisor.configure(accelerator);
    await hypervisor.recover(definitions.list().filter((one) => one.hypervisor === hypervisor.kind));
  }
  const observer = createObserver({ drivers, definitions, readFacts, log, ticker });
  const parts: NodeParts = { ...request, readFacts, locks: createKeyedLocks(), announce: observer };
  const stopTidying = tidyAfterGuests(parts);
  const preparation = prepareOses({ oses: drivers.oses, log, onChange: observer.changedFacts });
  return {
    nodeId: request.nodeId,
    handlers: {
      ...createNodeCalls(parts),
      ...createCertificateCalls(parts),
      ...createInstanceCalls(parts),
      ...createPowerCalls(parts),
      ...createLiveCalls(parts),
      ...createForeignCalls(parts),
      ...createMigrationCalls(parts),
      ...createDiskCalls(parts),
      ...createCopyCalls(parts),
      ...createMirrorCalls(parts),
      ...createOsCalls(parts),
      ...createHookCalls(parts),
      ...createVolumeCalls(parts),
      ...createToolCalls(parts),
      ...createImageCalls(parts),
    },
    watch: observer.watch,
    openConsole: async (instanceId, kind) => {
      const seeing = drivers.hypervisors.find((one) => one.list().some(({ id }) => id === instanceId));
      // An instance that does not run may still have a serial history to read: its driver decides.
      const hypervisor = seeing ?? hypervisorOf(drivers, definitions.need(instanceId).hypervisor);
      return hypervisor.openConsole(instanceId, kind);
    },
    close: async () => {
      stopTidying();
      preparation.stop();
      observer.close();
      await request.tools.copies.endAll();
      for (const hypervisor of drivers.hypervisors) await hypervisor.close();
    },
  };
}

/** When a guest ended by itself, also while the agent was away, what it held is released. */
function tidyAfterGuests(parts: NodeParts): () => void {
  const { drivers, definitions, locks, log } = parts;
  const release = (instanceId: string) => {
    const work = async () => {
      const definition = definitions.get(instanceId);
      if (definition && !isHere(observedOf(drivers, instanceId))) await releaseResources(drivers, definition);
    };
    locks.run(instanceId, work).catch((error: unknown) => {
      log(`cannot release what ${definitions.get(instanceId)?.name} held: ${wordsOf(error)}`);
    });
  };
  const onChange = (observed: ObservedInstance) => {
    if (observed.operState === 'shutdown' || observed.operState === 'crashed')
      log(`${observed.name} ended by itself: ${observed.detail ?? observed.operState}`);
    if (!isHere(observed)) release(observed.id);
  };
  const stops = drivers.hypervisors.map((hypervisor) => hypervisor.onChange(onChange));
  for (const definition of definitions.list()) release(definition.id);
  return () => stops.forEach((stop) => stop());
}
