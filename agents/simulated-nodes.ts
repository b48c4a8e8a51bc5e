// Many simulated nodes in one process and on one port, told apart by the TLS server name.
import path from 'node:path';
import { createAgentServer, lastAnswerMs } from './agent-server';
import { createIdentityStore, type Identity, type IdentityStore } from './identity';
import { join } from './join';
import type { Log } from './log';
import { timerTicker } from './observe';
import { openSimulatedNode, type SimulatedNode, type SimulatedNodeRequest } from './simulated-node';
import type { SyncTiming } from './storage/simulated-sync';
import { createSimulatedDoors } from './hypervisors/simulated-doors';
import { createSimulatedWire, type SimulatedWire } from './storage/simulated-wire';

export type SimulatedNodes = {
  readonly address: string;
  /** Between all of them. */
  readonly wire: SimulatedWire;
  /** Serves a node whose identity is at hand. */
  open(request: OpenNode): Promise<SimulatedNode>;
  /** Joins with a token, unless the node has an identity already, then serves. */
  joinAndOpen(request: JoinAndOpen): Promise<SimulatedNode>;
  /**
   * Stops serving one node. Its instances go on "running" in its folder, as behind a cut cable; with `losesPower` it comes back with nothing
   * that runs.
   */
  cut(nodeId: string, how?: { losesPower: boolean }): Promise<void>;
  close(): Promise<void>;
};

type Options = Pick<SimulatedNodeRequest, 'size' | 'timing' | 'ticker' | 'faults'>;
export type OpenNode = Options & { name: string; identity: Identity };
export type JoinAndOpen = Options & { name: string; token: string; url: string; signal?: AbortSignal };

export type SimulatedNodesRequest = {
  dataDir: string;
  host: string;
  port: number;
  /** What nodes tell the control plane as their address; else host and the real port. */
  advertise?: string;
  log: Log;
  /** How long mirrors synchronise. */
  sync?: SyncTiming;
};

export async function startSimulatedNodes(request: SimulatedNodesRequest): Promise<SimulatedNodes> {
  const { dataDir, host, log, advertise } = request;
  const doors = createSimulatedDoors();
  const wire = createSimulatedWire({ ticker: timerTicker, ...request.sync });
  const server = createAgentServer({ log });
  const port = await server.listen(host, request.port);
  const address = advertise ?? `${host}:${port}`;
  const nodes = new Map<string, SimulatedNode>();

  const cut = async (nodeId: string, { lingerMs = 0, losesPower = false } = {}) => {
    server.removeNode(nodeId, lingerMs);
    const node = nodes.get(nodeId);
    await (losesPower ? node?.losePower() : node?.close());
    nodes.delete(nodeId);
  };
  const folderOf = (name: string) => path.join(dataDir, name);
  const serve = async (
    identity: Identity,
    store: IdentityStore,
    { name, ...options }: Options & { name: string },
  ) => {
    const { nodeId } = identity;
    const node = await openSimulatedNode({
      ...options,
      wire,
      doors,
      nodeId,
      name,
      dataDir: folderOf(name),
      store,
      log: (message) => log(`${name}: ${message}`),
      onRenewed: async () => {
        const renewed = await store.read();
        if (renewed) server.renew(renewed);
      },
      onLeft: () => void cut(nodeId, { lingerMs: lastAnswerMs }),
    });
    nodes.set(nodeId, node);
    server.addNode(identity, node);
    return node;
  };

  return {
    address,
    wire,
    open: async ({ identity, ...options }) => {
      const store = createIdentityStore(folderOf(options.name));
      await store.write(identity);
      return serve(identity, store, options);
    },
    joinAndOpen: async ({ token, url, signal, ...options }) => {
      const store = createIdentityStore(folderOf(options.name));
      // The control plane calls as soon as it has signed the certificate, which may be before it is served.
      const isThere = server.expectNode();
      try {
        const identity =
          (await store.read()) ??
          (await join({ token, url, name: options.name, address, store, log, signal }));
        return await serve(identity, store, options);
      } finally {
        isThere();
      }
    },
    cut,
    close: async () => {
      await server.close();
      wire.stop();
      await Promise.all([...nodes.values()].map((node) => node.close()));
    },
  };
}
