// A lab: real nodes, each a virtual machine with LVM, DRBD and KVM or Xen, on a LAN of their own. For tests and benchmarks, and behind `npm run lab`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '@/tools/free-port';
import { step as printedStep } from '@/tools/setup/report.mjs';
import { chooseAccelerator } from './accelerator';
import type { Progress } from './image/build-image';
import { createNode, type LabNode } from './lab-node';
import { nodeId, nodeName, type NodeKind } from './node-kind';
import type { Endpoint, NodePorts, Shape } from './qemu-command';
import { readyTemplate, type ReadyTemplate } from './ready-template';
import { createSwitch, type LabSwitch } from './switch';

export type LabOptions = {
  /** KVM nodes, `node1` and on. Default: 0. */
  nodes?: number;
  /** Xen nodes beside them, `xen1` and on. Default: 0. */
  xenNodes?: number;
  /** Of each node's disk for the volume group `corral`. Default: 20; sparse. */
  diskGiB?: number;
  /** Default: 1024, which is enough for a guest of 256 MiB. A Xen node has 256 more, for Xen and its first domain. */
  memoryMiB?: number;
  /** Default: 1. */
  cpus?: number;
  /** The console's address, which then means the same in the nodes as on this machine. Default: they reach nothing. */
  consoleUrl?: string | null;
  /** Where this machine serves them files: they ask `consoleHost` for them, at its port. Default: nowhere. */
  filesUrl?: string | null;
  /** Where the nodes' disks are kept when the lab is closed. Default: a temporary folder that is removed then. */
  folder?: string;
  /** By name, as remembered from an earlier lab in this folder. */
  ports?: Record<string, NodePorts>;
  step?: Progress;
  /** Told when a node has lost its power otherwise than by `kill`. */
  onPowerLost?: (node: LabNode) => void;
};

export type Lab = Pick<LabSwitch, 'cut' | 'heal' | 'cuts'> & {
  readonly nodes: readonly LabNode[];
  readonly folder: string;
  /** By number, from 1, or by name. Throws for any other. */
  node(which: number | string): LabNode;
  /** Ends all nodes. */
  close(): Promise<void>;
};

const maxNodes = 16;
const xenMemoryMiB = 256;

/** Resolves when all nodes are up, with a name, a volume group and a LAN. The first one on a machine takes minutes: the image is built. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { nodes: kvmNodes = 0, xenNodes = 0, diskGiB = 20, consoleUrl = null, filesUrl = null } = options;
  if (kvmNodes + xenNodes < 1 || Math.max(kvmNodes, xenNodes) > maxNodes)
    throw new Error(`A lab has 1 to ${maxNodes} nodes of a kind`);
  const console = consoleUrl === null ? null : endpointOf(consoleUrl);
  const files = filesUrl === null ? null : endpointOf(filesUrl);
  const wanted = [...nodesOf('kvm', kvmNodes), ...nodesOf('xen', xenNodes)];
  const templates = await readyTemplates(new Set(wanted.map(({ kind }) => kind)), { ...options, diskGiB });
  // The kernel takes no long paths for sockets, and a folder may have one.
  const sockets = mkdtempSync(join(tmpdir(), 'corral-lab-'));
  const folder = options.folder ?? sockets;
  const lan = createSwitch(sockets);
  const nodes: LabNode[] = [];
  const close = async () => {
    await Promise.all(nodes.map((node) => node.kill()));
    await lan.close();
    rmSync(sockets, { recursive: true, force: true });
  };
  try {
    for (const { kind, id, name } of wanted) {
      const ports = options.ports?.[name] ?? (await choosePorts(nodes));
      const lanSocket = await lan.openPort(name);
      const node: LabNode = createNode({
        ...{ id, name, ports, lanSocket, diskGiB, console, files, ...templates(kind) },
        folder: join(folder, name),
        qmpSocket: join(sockets, `${name}.qmp`),
        onPowerLost: () => options.onPowerLost?.(node),
      });
      nodes.push(node);
    }
    await Promise.all(nodes.map((node) => node.start()));
  } catch (error) {
    await close();
    throw error;
  }
  const node = (which: number | string) => {
    const found = nodes.find(({ id, name }) => id === which || name === which);
    if (!found) throw new Error(`The lab has no ${typeof which === 'number' ? `node${which}` : which}`);
    return found;
  };
  return { nodes, folder, node, close, cut: lan.cut, heal: lan.heal, cuts: lan.cuts };
}

function nodesOf(kind: NodeKind, count: number) {
  const indexes = Array.from({ length: count }, (_, at) => at + 1);
  return indexes.map((index) => ({ kind, id: nodeId(kind, index), name: nodeName(kind, index) }));
}

type Ready = { shape: Shape; template: ReadyTemplate };

/** One after another: each boots on all that the machine has. */
async function readyTemplates(kinds: Set<NodeKind>, options: LabOptions & { diskGiB: number }) {
  const { memoryMiB = 1024, cpus = 1, diskGiB, step = printedStep } = options;
  const ready = new Map<NodeKind, Ready>();
  for (const kind of kinds) {
    const memory = kind === 'xen' ? memoryMiB + xenMemoryMiB : memoryMiB;
    const shape = { kind, accelerator: chooseAccelerator(), memoryMiB: memory, cpus };
    ready.set(kind, { shape, template: await readyTemplate({ shape, diskGiB, step }) });
  }
  return (kind: NodeKind): Ready => {
    const found = ready.get(kind);
    if (!found) throw new Error(`The lab has made no template of ${kind} nodes`);
    return found;
  };
}

async function choosePorts(taken: LabNode[]): Promise<NodePorts> {
  const used = new Set(taken.flatMap(({ ports }) => Object.values(ports)));
  const choose = async (): Promise<number> => {
    const port = await findFreePort();
    if (used.has(port)) return choose();
    used.add(port);
    return port;
  };
  return { shell: await choose(), terminal: await choose(), agent: await choose() };
}

function endpointOf(url: string): Endpoint {
  const { protocol, hostname, port } = new URL(url);
  if (hostname.startsWith('[')) throw new Error(`Lab nodes reach no console at an IPv6 address: ${url}`);
  const host = hostname === 'localhost' ? '127.0.0.1' : hostname;
  return { host, port: Number(port) || (protocol === 'https:' ? 443 : 80) };
}
