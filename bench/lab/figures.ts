// The figures of real nodes, each beside the raw tools doing the same work in the same run.
import { readFile } from 'node:fs/promises';
import { api } from '@/contract/paths';
import { EvacuationPlan } from '@/contract/schemas/evacuation';
import { AcceptedBatch } from '@/contract/schemas/batch';
import type { LabNode } from '@/lab/lab-node';
import { until } from '@/lab/testing/until';
import type { Job } from '@/contract/schemas/job';
import type { Row } from '../figure';
import { median, ms } from '../stats';
import { type LabBed, tookMs } from './bed';
import { rawMac, type RawMachine } from './raw-mirror';
import { giveAddresses, longestSilence, untilReached } from './reach';

const sizeMiB = 128;
const rounds = 3;
const address = '10.77.0.200';
const rawAddress = '10.77.0.201';

const os = { kvm: 'without OS', 'xen-pvm': 'PV with the tiny OS' };

type Pair = { product: number; raw: number };

function compare(what: string, pairs: Pair[], goal: number): Row {
  const ratio = median(pairs.map(({ product, raw }) => product / raw));
  const [product, raw] = [median(pairs.map((one) => one.product)), median(pairs.map((one) => one.raw))];
  return {
    what: `${what} (${pairs.length} pairs)`,
    goal: `<= ${goal}`,
    measured: `${ratio.toFixed(2)} (${ms(product)} / ${ms(raw)})`,
    reached: ratio <= goal,
  };
}

export async function measureCreate(bed: LabBed): Promise<Row[]> {
  const { one, two } = bed;
  const [nodeId, secondaryId] = await Promise.all([bed.nodeId(one.name), bed.nodeId(two.name)]);
  const pairs: Pair[] = [];
  const alike: Pair[] = [];
  for (let round = 0; round <= rounds; round++) {
    const { id, job } = await bed.create({ name: `create-${round}.test`, nodeId, secondaryId });
    const raw = await bed.readRaw(one, id);
    await bed.remove(id);
    const [product, rawMs] = [tookMs(job), await raw.create([one, two], sizeMiB)];
    pairs.push({ product, raw: rawMs });
    // The job has seen its guest find its disk, so that it can tell of one that crashes.
    if (raw.untilFound) alike.push({ product, raw: rawMs + (await raw.untilFound(one)) });
    await raw.remove([one, two]);
  }
  const what = `create a mirrored 128 MiB instance, ${os[bed.kind]}: whole job / bare commands`;
  return [
    compare(what, pairs.slice(1), 1.25),
    ...(alike.length > 0
      ? [compare('… and both until the guest has found its disk', alike.slice(1), 1.25)]
      : []),
  ];
}

/** The product's guest and the bare one run side by side and take turns: how fast the machine is changes within minutes. */
export async function measureMigrate(bed: LabBed): Promise<Row[]> {
  const { one, two } = bed;
  const { id, raw: bare } = await bootReachable(bed, 'migrate.test');
  await bare.create([one, two], sizeMiB);
  await untilReached(bed.three, rawAddress);
  const limits = { bandwidthMiBs: 1024, downtimeMs: 300 };
  const product = () => bed.order('POST', api.instanceAction(id, 'migrate'), limits).then(tookMs);
  const raw = (way: readonly [LabNode, LabNode], isEncrypted: boolean) => () =>
    bare.migrate(way, { limits, isEncrypted });
  const moves: Record<'product' | 'encrypted' | 'plain', Moved>[] = [];
  for (let round = 0; round <= rounds; round++)
    moves.push({
      product: await watched(bed, address, product),
      encrypted: await watched(bed, rawAddress, raw([one, two], true)),
      plain: await watched(bed, rawAddress, raw([two, one], false)),
    });
  await bare.remove([one, two]);
  await bed.remove(id);
  // Who has just booted changes more of its memory.
  const settled = moves.slice(1);
  const pairs = (other: 'encrypted' | 'plain', what: keyof Moved) =>
    settled.map((moved) => ({ product: moved.product[what], raw: moved[other][what] }));
  return [
    compare(
      'migrate a running 128 MiB instance, whole job / bare steps, both over TLS',
      pairs('encrypted', 'tookMs'),
      1.25,
    ),
    compare('… and how long it cannot be reached', pairs('encrypted', 'silentMs'), 1.1),
    compare('… whole job / bare steps without TLS', pairs('plain', 'tookMs'), 1.25),
    compare('… and how long it cannot be reached', pairs('plain', 'silentMs'), 1.1),
  ];
}

type Moved = { tookMs: number; silentMs: number };

async function watched({ three }: LabBed, at: string, move: () => Promise<number>): Promise<Moved> {
  let took = NaN;
  const silentMs = await longestSilence(three, { address: at, work: async () => (took = await move()) });
  return { tookMs: took, silentMs };
}

/** A guest that the third node can reach, and the bare one, whose disk may be empty. */
async function bootReachable(bed: LabBed, name: string): Promise<{ id: string; raw: RawMachine }> {
  const [nodeId, secondaryId] = await Promise.all([bed.nodeId(bed.one.name), bed.nodeId(bed.two.name)]);
  const { id } = await bed.create({ name, nodeId, secondaryId, start: false, os: { kind: 'tiny' } });
  const [nic] = (await bed.see(id)).nics;
  await giveAddresses(bed.three, { [nic?.mac ?? '']: address, [rawMac]: rawAddress });
  await bed.order('POST', api.instancePower(id, 'start'));
  await untilReached(bed.three, address);
  return { id, raw: await bed.readRaw(bed.one, id, { fromRam: true }) };
}

export async function measureFailover(bed: LabBed): Promise<Row[]> {
  const { one, two } = bed;
  const pairs: Pair[] = [];
  const [nodeId, secondaryId] = await Promise.all([bed.nodeId(one.name), bed.nodeId(two.name)]);
  for (let round = 0; round < rounds; round++) {
    const { id } = await bed.create({ name: `failover-${round}.test`, nodeId, secondaryId });
    const raw = await bed.readRaw(one, id);
    await raw.create([one, two], sizeMiB);
    await one.kill();
    await bed.untilNode(one.name, 'unreachable');
    await bed.order('POST', api.nodeOffline(nodeId), { how: 'declared', confirmName: one.name });
    const job = await bed.order('POST', api.instanceAction(id, 'failover'));
    pairs.push({ product: tookMs(job), raw: await raw.failover(two) });
    await one.start();
    await raw.remove([one, two]);
    await until(
      () => bed.order('POST', api.nodeOnline(nodeId)).catch((error: Error) => error),
      (answer) => !(answer instanceof Error),
    );
    await bed.remove(id);
  }
  return [compare('failover after the fence, until the guest runs: whole job / bare steps', pairs, 1.25)];
}

export async function measureEvacuate(bed: LabBed): Promise<Row[]> {
  const [nodeId, secondaryId] = await Promise.all([bed.nodeId(bed.one.name), bed.nodeId(bed.two.name)]);
  const names = Array.from({ length: 6 }, (_, at) => `evacuate-${at}.test`);
  const made = [];
  for (const name of names)
    made.push(await bed.create({ name, nodeId, secondaryId, disks: [{ sizeMiB: 32 }] }));
  const single = tookMs(await bed.order('POST', api.instanceAction(made[0]?.id ?? '', 'migrate')));
  await bed.order('POST', api.instanceAction(made[0]?.id ?? '', 'migrate'));
  const { digest } = await bed.rest.call(
    'GET',
    api.nodeEvacuation(nodeId, { kind: 'primaries' }),
    EvacuationPlan,
  );
  const before = performance.now();
  const batch = await bed.rest.call('POST', api.nodeEvacuation(nodeId), AcceptedBatch, {
    kind: 'primaries',
    digest,
  });
  const jobs = await Promise.all(batch.jobIds.map((jobId) => bed.ended(jobId)));
  const took = performance.now() - before;
  const atOnce = mostAtOnce(jobs);
  for (const { id } of made) await bed.remove(id);
  return [
    {
      what: 'evacuate a node with 6 running instances; how many moved at once; one migration alone',
      goal: 'as parallel as the locks allow',
      measured: `${ms(took)}; ${atOnce}; ${ms(single)}`,
      reached: atOnce === made.length,
    },
  ];
}

function mostAtOnce(jobs: Job[]): number {
  const times = jobs.map(({ startedAt, endedAt }) => [
    Date.parse(startedAt ?? ''),
    Date.parse(endedAt ?? ''),
  ]);
  const running = (at: number) => times.filter(([from = 0, to = 0]) => from <= at && at < to).length;
  return Math.max(...times.map(([from = 0]) => running(from)));
}

export async function measureVerify(bed: LabBed): Promise<Row[]> {
  const took: number[] = [];
  for (let round = 0; round < 5; round++)
    took.push(tookMs(await bed.order('POST', api.clusterVerify(bed.clusterId))));
  return [
    {
      what: 'verify a clean cluster of 3 nodes (5 runs)',
      goal: '<= 2 s',
      measured: `p50 ${ms(median(took))}, slowest ${ms(Math.max(...took))}`,
      reached: median(took) <= 2_000,
    },
  ];
}

export async function measureMemory(bed: LabBed): Promise<Row[]> {
  const running = [];
  for (let at = 0; at < 4; at++)
    running.push(await bed.create({ name: `memory-${at}.test`, disks: [{ sizeMiB: 16 }] }));
  for (let at = 4; at < 20; at++)
    await bed.create({ name: `memory-${at}.test`, start: false, diskTemplate: 'diskless', disks: [] });
  const programs = { engine: await bed.product.pidsOf('engine'), web: await bed.product.pidsOf('web') };
  const pids = { supervisor: [bed.product.pid], ...programs };
  const sizes = await Promise.all(
    Object.entries(pids).map(async ([name, own]) => ({ name, sizes: await Promise.all(own.map(memoryOf)) })),
  );
  const sum = (which: keyof Memory) =>
    sizes.flatMap((one) => one.sizes).reduce((all, one) => all + one[which], 0);
  const each = sizes.map((one) => `${one.name} ${one.sizes.map(({ pss }) => pss.toFixed(0)).join(' + ')}`);
  return [
    {
      what: 'control plane: memory (PSS) with 3 nodes and 20 instances, 4 of them running, without PostgreSQL',
      goal: '<= 400 MB',
      measured: `${sum('pss').toFixed(0)} MB (${each.join(', ')}; RSS ${sum('rss').toFixed(0)})`,
      reached: sum('pss') <= 400,
    },
  ];
}

/** MB. `pss` counts what several processes share, such as Node itself, once. */
type Memory = { pss: number; rss: number };

async function memoryOf(pid: number): Promise<Memory> {
  return parseMemory(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'));
}

function parseMemory(text: string): Memory {
  const read = (name: string) =>
    (Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1]) * 1024) / 1e6;
  return { pss: read('Pss'), rss: read('Rss') };
}

/** MB, of an agent on a node where instances run. */
export async function measureAgent(bed: LabBed): Promise<Row[]> {
  const nodeId = await bed.nodeId(bed.one.name);
  const made = [];
  for (let at = 0; at < 3; at++)
    made.push(await bed.create({ name: `agent-${at}.test`, nodeId, diskTemplate: 'plain' }));
  const text = await bed.one.run('cat /proc/$(systemctl show -p MainPID --value corral-agent)/smaps_rollup');
  const { pss, rss } = parseMemory(text);
  for (const { id } of made) await bed.remove(id);
  return [
    {
      what: `agent on a ${bed.kind === 'kvm' ? 'KVM' : 'Xen'} node with 3 running instances: memory (PSS)`,
      goal: '<= 80 MB',
      measured: `${pss.toFixed(0)} MB (RSS ${rss.toFixed(0)})`,
      reached: pss <= 80,
    },
  ];
}
