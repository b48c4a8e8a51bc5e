// The real storage drivers of a lab node, as if they were here: a program in the node runs them and is asked over HTTP.
import { z } from 'zod';
import type { Adoption, Report, Storage, Mirror } from '@/agents/storage/block-device';
import { ErrorBody, fromErrorBody } from '@/contract/errors';
import { Id } from '@/contract/names';
import { AdoptedVolume, MirrorDevices, MirrorStatus, type NodeDisk, Pool } from '@/contract/schemas/disk';
import type { LabNode } from '../lab-node';
import { nodeProgramInImage } from '../image/recipe';
import { agentPort } from '../qemu-command';
import { bundleProgram, putProgram } from './node-program';

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
  said(): Promise<Said[]>;
};

const Said = z.object({ message: z.string().optional(), done: z.number().optional() });
type Said = z.infer<typeof Said>;

/** Also where the node had no power in between: what ran there is gone. */
export async function serveStorage(node: LabNode): Promise<StorageNode> {
  await putProgram(node, await bundleServer(), programInNode);
  const log = '/run/storage-server.log';
  await node.run(`setsid ${nodeProgramInImage} ${programInNode} ${agentPort} >${log} 2>&1 &`);
  await node.run(
    `timeout 60 bash -c 'until grep -q ready ${log}; do sleep 0.1; done' || { cat ${log}; false; }`,
  );
  const ask: Ask = (call, answers) => askServer(node.agentAddress, { call, answers });
  const drbd = storageOf('drbd', ask);
  return {
    node,
    plain: { ...storageOf('plain', ask), adoption: adoptionOf(ask) },
    drbd: { ...drbd, mirror: mirrorOf(ask) },
    restart: () => ask({ driver: 'plain', verb: 'restart' }, nothing),
    countChanges: () => ask({ driver: 'drbd', verb: 'changes' }, z.number()),
    said: () => ask({ driver: 'plain', verb: 'said' }, z.array(Said)),
  };
}

let bundled: Promise<Buffer> | undefined;

const bundleServer = () => (bundled ??= bundleProgram('agents/storage/testing/storage-server.ts'));

type Call = Record<string, unknown>;
type Ask = <A extends z.ZodType>(call: Call, answers: A) => Promise<z.output<A>>;

const nothing = z.unknown().transform(() => undefined);
const Answer = z.object({ value: z.unknown().optional(), error: ErrorBody.optional() });

async function askServer<A extends z.ZodType>(
  address: string,
  { call, answers }: { call: Call; answers: A },
): Promise<z.output<A>> {
  const response = await fetch(`http://${address}/`, { method: 'POST', body: JSON.stringify(call) });
  const { value, error } = Answer.parse(await response.json());
  if (error) throw fromErrorBody(error);
  return answers.parse(value);
}

const Path = z.object({ path: z.string() });
const Listed = z.object({ instanceId: Id, diskId: Id, sizeMiB: z.number() });

function storageOf(driver: 'plain' | 'drbd', ask: Ask): Storage {
  const on = (verb: string) => (disk: NodeDisk, wish?: unknown) => ask({ driver, verb, disk, wish }, nothing);
  const reported = (verb: string) => (disk: NodeDisk, wish: unknown, report: Report) => {
    report.log(`Asking the node to ${verb}`);
    return on(verb)(disk, wish);
  };
  return {
    template: driver,
    create: reported('create'),
    assemble: (disk) => ask({ driver, verb: 'assemble', disk }, Path),
    open: on('open'),
    close: on('close'),
    shutdown: on('shutdown'),
    remove: on('remove'),
    give: on('give'),
    grow: reported('grow'),
    list: () => ask({ driver, verb: 'list' }, z.array(Listed)),
    pools: () => ask({ driver, verb: 'pools' }, z.array(Pool)),
  };
}

const Located = z.object({ volume: AdoptedVolume, sizeMiB: z.number(), refusal: z.string().nullable() });

function adoptionOf(ask: Ask): Adoption {
  return {
    examine: (volume) =>
      ask({ driver: 'plain', verb: 'examine', wish: volume }, z.object({ sizeMiB: z.number() })),
    locate: (paths) => ask({ driver: 'plain', verb: 'locate', wish: paths }, z.array(Located.nullable())),
    adopt: (disk, volume, heldPaths) =>
      ask({ driver: 'plain', verb: 'adopt', disk, wish: { volume, heldPaths } }, nothing),
    disown: (disk, wish) => ask({ driver: 'plain', verb: 'disown', disk, wish }, nothing),
  };
}

function mirrorOf(ask: Ask): Mirror {
  const driver = 'drbd';
  const on = (verb: string) => (disk: NodeDisk, wish?: unknown) => ask({ driver, verb, disk, wish }, nothing);
  return {
    status: (disks) => ask({ driver, verb: 'status', disks }, z.array(MirrorStatus)),
    areConnected: (disks) => ask({ driver, verb: 'areConnected', disks }, z.boolean()),
    devices: (disks) => ask({ driver, verb: 'devices', disks }, MirrorDevices),
    onChange: () => {
      throw new Error('ask for countChanges instead');
    },
    connect: on('connect'),
    markInSync: on('markInSync'),
    forcePrimary: on('forcePrimary'),
    renew: (disk) => on('renew')(disk),
    pauseSync: on('pauseSync'),
    snapshot: (disk, wish) => ask({ driver, verb: 'snapshot', disk, wish }, z.object({ volume: z.string() })),
  };
}
