// The real storage drivers behind HTTP, for tests that run elsewhere than the node whose disks they work with: POST {driver, verb, args}
// answers {value} or {error}.
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { toErrorBody } from '@/contract/errors';
import { AdoptedVolume, LvmName, MirrorWish, NodeDisk } from '@/contract/schemas/disk';
import { findLvmStorages } from '../lvm-storages';
import type { Adoption, Mirror, Report, Storage } from '../block-device';

const Call = z.object({
  driver: z.enum(['plain', 'drbd']),
  verb: z.string(),
  disk: NodeDisk.optional(),
  disks: z.array(NodeDisk).optional(),
  wish: z.unknown().optional(),
});
type Call = z.infer<typeof Call>;

const GrowWish = z.object({
  sizeMiB: z.number(),
  stage: z.enum(['check', 'backing', 'device']),
  wipe: z.boolean(),
});
const CreateWish = z.object({ wipe: z.boolean() });

/** What creation and growth said, oldest first, for tests that ask for it. */
let said: { message?: string; done?: number }[] = [];
const report: Report = {
  log: (message) => said.push({ message }),
  progress: (done) => said.push({ done }),
};

let changes = 0;
let stopListening = () => {};
let storages: Storage[] = [];

async function restart(): Promise<void> {
  stopListening();
  storages = await findLvmStorages();
  const mirror = storages.find(({ template }) => template === 'drbd')?.mirror;
  stopListening = mirror?.onChange(() => (changes += 1)) ?? (() => {});
}

function needed<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('something is missing in the call');
  return value;
}

const volumeIn = (wish: unknown) => LvmName.parse(wish);
const AdoptWish = z.object({ volume: LvmName, heldPaths: z.array(z.string()).optional() });
const adoptionVerbsOf = (adoption: Adoption): Verbs => ({
  examine: ({ wish }) => adoption.examine(AdoptedVolume.parse(wish)),
  locate: ({ wish }) => adoption.locate(z.array(z.string()).parse(wish)),
  adopt: ({ disk, wish }) => {
    const { volume, heldPaths } = AdoptWish.parse(wish);
    return adoption.adopt(needed(disk), volume, heldPaths);
  },
  disown: ({ disk, wish }) => adoption.disown(needed(disk), volumeIn(wish)),
});

type Verbs = Record<string, (call: Call) => unknown>;

const verbsOf = (storage: Storage): Verbs => ({
  create: ({ disk, wish }) => storage.create(needed(disk), CreateWish.parse(wish), report),
  assemble: ({ disk }) => storage.assemble(needed(disk)),
  open: ({ disk }) => storage.open(needed(disk)),
  close: ({ disk }) => storage.close(needed(disk)),
  shutdown: ({ disk }) => storage.shutdown(needed(disk)),
  remove: ({ disk }) => storage.remove(needed(disk)),
  grow: ({ disk, wish }) => storage.grow(needed(disk), GrowWish.parse(wish), report),
  give: ({ disk, wish }) => storage.give(needed(disk), z.uuid().parse(wish)),
  list: () => storage.list(),
  pools: () => storage.pools(),
});

const mirrorVerbsOf = (mirror: Mirror): Verbs => ({
  status: ({ disks }) => mirror.status(needed(disks)),
  areConnected: ({ disks }) => mirror.areConnected(needed(disks)),
  devices: ({ disks }) => mirror.devices(needed(disks)),
  connect: ({ disk, wish }) => mirror.connect(needed(disk), MirrorWish.parse(wish)),
  markInSync: ({ disk }) => mirror.markInSync(needed(disk)),
  forcePrimary: ({ disk }) => mirror.forcePrimary(needed(disk)),
  renew: ({ disk }) => mirror.renew(needed(disk), report),
  pauseSync: ({ disk, wish }) => mirror.pauseSync(needed(disk), z.boolean().parse(wish)),
  snapshot: ({ disk, wish }) => mirror.snapshot(needed(disk), LvmName.parse(wish)),
});

const ownVerbs: Verbs = {
  restart,
  changes: () => changes,
  said: () => {
    const before = said;
    said = [];
    return before;
  },
};

async function answer(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(z.instanceof(Buffer).parse(chunk));
  const call = Call.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  const storage = needed(storages.find(({ template }) => template === call.driver));
  const mirrorVerbs = storage.mirror ? mirrorVerbsOf(storage.mirror) : {};
  const adoptionVerbs = storage.adoption ? adoptionVerbsOf(storage.adoption) : {};
  const verbs: Verbs = { ...verbsOf(storage), ...mirrorVerbs, ...adoptionVerbs, ...ownVerbs };
  return needed(verbs[call.verb])(call);
}

await restart();
createServer((request, response) => {
  answer(request)
    .then(
      (value) => ({ value }),
      (error: unknown) => ({ error: toErrorBody(error) }),
    )
    .then((body) => response.end(JSON.stringify(body)))
    .catch((error: unknown) => response.destroy(error instanceof Error ? error : undefined));
}).listen(Number(process.argv[2]), () => process.stdout.write('ready\n'));
