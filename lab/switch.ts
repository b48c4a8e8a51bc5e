// The lab's LAN: an Ethernet switch in this process, to which every node's QEMU connects through a unix socket of its own, so that the
// machine's own network is never touched. Links between two nodes, or of one node to all, can be cut and healed.
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { createFrameReader, destinationOf, isMulticast, sourceOf } from './frames';

/** What a port may have waiting before frames for it are dropped, as a real switch drops them. */
const maxQueuedBytes = 4 * 1024 * 1024;

export type LabSwitch = {
  /** Opens the port of a node and answers the path of its socket. */
  openPort(node: string): Promise<string>;
  /** No frame passes between the two any more; of one node alone: to nobody. */
  cut(node: string, other?: string): void;
  /** Takes back the cuts of these; without names: all. */
  heal(node?: string, other?: string): void;
  cuts(): [string, string | null][];
  close(): Promise<void>;
};

type Port = { node: string; socket: Socket };

/** The sockets are made in `folder`. */
export function createSwitch(folder: string): LabSwitch {
  const servers = new Map<string, Server>();
  const ports = new Map<string, Port>();
  const learned = new Map<string, Port>();
  const cuts = new Map<string, [string, string | null]>();
  const isCut = (from: string, to: string) => cuts.has(from) || cuts.has(to) || cuts.has(keyOf(from, to));

  const forward = (from: Port, message: Buffer) => {
    learned.set(sourceOf(message), from);
    const known = isMulticast(message) ? undefined : learned.get(destinationOf(message));
    for (const port of known ? [known] : ports.values()) {
      if (port === from || isCut(from.node, port.node)) continue;
      if (port.socket.writableLength < maxQueuedBytes) port.socket.write(message);
    }
  };

  const connect = (node: string, socket: Socket) => {
    const port = { node, socket };
    ports.get(node)?.socket.destroy();
    ports.set(node, port);
    const read = createFrameReader((message) => forward(port, message));
    socket.on('data', (chunk: Buffer) => {
      try {
        read(chunk);
      } catch {
        socket.destroy();
      }
    });
    // A node that is killed resets its connection.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (ports.get(node) === port) ports.delete(node);
      for (const [address, owner] of learned) if (owner === port) learned.delete(address);
    });
  };

  return {
    async openPort(node) {
      const path = join(folder, `${node}.lan`);
      if (servers.has(node)) return path;
      const server = createServer((socket) => connect(node, socket));
      servers.set(node, server);
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(path, resolve);
      });
      return path;
    },
    cut: (node, other) => void cuts.set(keyOf(node, other), [node, other ?? null]),
    heal: (node, other) => {
      if (node === undefined) cuts.clear();
      else cuts.delete(keyOf(node, other));
    },
    cuts: () => [...cuts.values()],
    async close() {
      for (const { socket } of ports.values()) socket.destroy();
      const closing = [...servers.values()].map((server) => new Promise((resolve) => server.close(resolve)));
      await Promise.all(closing);
    },
  };
}

function keyOf(node: string, other?: string): string {
  return other === undefined ? node : [node, other].sort().join(' ');
}
