// The real storage drivers of a lab node, as if they were here: a program in the node runs them and is asked over HTTP.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Report, Storage, Mirror } from '@/agents/storage/block-device';
import { ErrorBody, fromErrorBody } from '@/contract/errors';
import type { NodeDisk } from '@/contract/schemas/disk';
import { bundleOptions } from '@/tools/build/bundles.mjs';
import type { LabNode } from '../lab-node';
import { nodeProgramInImage } from '../image/recipe';
import { agentPort } from '../qemu-command';

const root = join(import.meta.dirname, '../..');
const programInNode = '/run/storage-server.mjs';

export type StorageNode = {
  node: LabNode;
  plain: Storage;
  drbd: Storage & { mirror: Mirror };
  /** The drivers forget what they remember, as after an agent restart. */
  restart(): Promise<void>;
  /** How often a mirror changed so far. */
  countChanges(): Promise<number>;
  /** What creations and growths said since it was asked for last. */
  said(): Promise<{ message?: string; done?: number }[]>;
};

/** Also where the node had no power in between: what ran there is gone. */
export async function serveStorage(node: LabNode): Promise<StorageNode> {
  const packed = gzipSync(await bundleServer()).toString('base64');
  await node.run(`base64 -d <<'@' | gzip -d > ${programInNode}\n${packed}\n@`);
  const log = '/run/storage-server.log';
  await node.run(`setsid ${nodeProgramInImage} ${programInNode} ${agentPort} >${log} 2>&1 &`);
  await node.run(
    `timeout 60 bash -c 'until grep -q ready ${log}; do sleep 0.1; done' || { cat ${log}; false; }`,
  );
  const ask = (call: Record<string, unknown>) => askServer(node.agentAddress, call);
  const drbd = storageOf('drbd', ask);
  return {
    node,
    plain: storageOf('plain', ask),
    drbd: { ...drbd, mirror: mirrorOf(ask) },
    restart: () => ask({ driver: 'plain', verb: 'restart' }),
    countChanges: () => ask({ driver: 'drbd', verb: 'changes' }),
    said: () => ask({ driver: 'plain', verb: 'said' }),
  };
}

let bundled: Promise<Buffer> | undefined;

function bundleServer(): Promise<Buffer> {
  bundled ??= (async () => {
    const folder = await mkdtemp(join(tmpdir(), 'storage-server-'));
    const outfile = join(folder, 'storage-server.mjs');
    const program = { entry: 'agents/storage/testing/storage-server.ts', output: '', isStandalone: true };
    try {
      await build({ ...bundleOptions(root, program), outfile, sourcemap: false });
      return await readFile(outfile);
    } finally {
      await rm(folder, { recursive: true });
    }
  })();
  return bundled;
}

// The other end is our own program, whose answers have the types of the drivers it calls.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Ask = (call: Record<string, unknown>) => Promise<any>;

async function askServer(address: string, call: Record<string, unknown>): ReturnType<Ask> {
  const response = await fetch(`http://${address}/`, { method: 'POST', body: JSON.stringify(call) });
  const { value, error } = await response.json();
  if (error) throw fromErrorBody(ErrorBody.parse(error));
  return value;
}

function storageOf(driver: 'plain' | 'drbd', ask: Ask): Storage {
  const on = (verb: string) => (disk: NodeDisk) => ask({ driver, verb, disk });
  const withWish = (verb: string) => (disk: NodeDisk, wish: unknown, report: Report) => {
    report.log(`Asking the node to ${verb}`);
    return ask({ driver, verb, disk, wish });
  };
  return {
    template: driver,
    create: withWish('create'),
    assemble: on('assemble'),
    open: on('open'),
    close: on('close'),
    shutdown: on('shutdown'),
    remove: on('remove'),
    grow: withWish('grow'),
    give: (disk, wish) => ask({ driver, verb: 'give', disk, wish }),
    list: () => ask({ driver, verb: 'list' }),
    pools: () => ask({ driver, verb: 'pools' }),
  };
}

function mirrorOf(ask: Ask): Mirror {
  const on = (verb: string) => (disk: NodeDisk, wish?: unknown) => ask({ driver: 'drbd', verb, disk, wish });
  return {
    status: (disks) => ask({ driver: 'drbd', verb: 'status', disks }),
    devices: (disks) => ask({ driver: 'drbd', verb: 'devices', disks }),
    onChange: () => {
      throw new Error('ask for countChanges instead');
    },
    connect: on('connect'),
    markInSync: on('markInSync'),
    forcePrimary: on('forcePrimary'),
    renew: (disk) => ask({ driver: 'drbd', verb: 'renew', disk }),
    pauseSync: on('pauseSync'),
    snapshot: on('snapshot'),
  };
}
