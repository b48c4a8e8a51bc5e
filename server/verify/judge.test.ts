// Every check by one change of a snapshot where all is as it should be: exactly its meaning is found, and nothing else.
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import type { MirrorStatus } from '@/contract/schemas/disk';
import { type Mend, verifyMeanings } from '@/contract/schemas/verify';
import { judge } from './judge';
import {
  type Clean,
  definition,
  makeCleanSnapshot,
  observed,
  type TestInstance,
  type TestNode,
  volume,
} from './testing/clean-snapshot';

const stranger = randomUUID();
const day = 86_400_000;
type Row = [found: string, change: (clean: Clean) => unknown, mend?: string];

const after = ({ snapshot }: Clean, ms: number) => new Date(snapshot.at.getTime() + ms);
const drop = (list: unknown[]) => list.splice(0);
const check = (code: string, state: 'ok' | 'missing', version?: string) => ({
  ...{ code, state, says: 'Something.', mend: 'Do this.', ...(version && { version }) },
});
const facts = ({ answer }: TestNode, more: Partial<TestNode['answer']['facts']>) =>
  Object.assign(answer.facts, more);
const sides = (more: Partial<MirrorStatus>, ...nodes: TestNode[]) =>
  nodes.forEach(({ answer }) => answer.mirrors.forEach((status) => Object.assign(status, more)));
const set = (instance: TestInstance, more: Partial<TestInstance>) => Object.assign(instance, more);
const silence = (node: Clean['snapshot']['nodes'][number], more = {}) =>
  Object.assign(node, { answer: null, ...more });

const database: Row[] = [
  ['danglingNode c', ({ c }) => (c.group = { id: stranger, clusterId: stranger })],
  [
    'danglingInstance plain',
    ({ plain, c }) => [set(plain, { nodeId: null }), drop(c.answer.defined), drop(c.answer.volumes)],
  ],
  ['foreignNode plain', ({ plain }) => set(plain, { clusterId: stranger })],
  ['noSecondary plain', ({ plain }) => set(plain, { diskTemplate: 'drbd' })],
  ['diskNotPlaced plain', ({ plain }) => (plain.disk.vg = null)],
  ['mirrorSides mirrored', ({ mirrored }) => mirrored.disk.sides?.forEach((side) => (side.end = 0))],
  ['mirrorSides plain', ({ plain }) => (plain.disk.sides = [])],
  ['ledger farm', ({ snapshot }) => (snapshot.ledger = 2)],
];

const nodes: Row[] = [
  ['nodeSilent c', ({ c }) => silence(c, { problem: 'c does not answer' })],
  ['nodeSilent c', ({ c }) => silence(c, { state: 'unreachable' })],
  ['certificateEndsSoon a', (clean) => (clean.a.certificateExpiresAt = after(clean, 20 * day))],
  ['certificateEnds a', (clean) => (clean.a.certificateExpiresAt = after(clean, 6 * day))],
  [
    'instancesUnread c',
    ({ c }) => Object.assign(c.answer, { instances: null, problems: { instances: 'no' } }),
  ],
  ['volumesUnread c', ({ c }) => Object.assign(c.answer, { disks: null, problems: { volumes: 'no' } })],
  ['mirrorsUnread c', ({ c }) => (c.answer.problems.mirrors = 'no')],
  ['hookFailed c', ({ c }) => (c.answer.problems.hooks = 'no')],
  ['hookFailed c', ({ c }) => c.answer.hooks.push({ script: '10-disks', said: 'sda fails' })],
  ['setUp a', ({ a }) => a.answer.facts.checks?.push(check('lvm-filter', 'missing'))],
  [
    'drbdHelper a',
    ({ a }) => facts(a, { checks: [check('drbd-helper', 'missing'), check('drbd', 'ok', '8.4.11')] }),
  ],
  ['agentVersion b', ({ b }) => facts(b, { agentVersion: '0.9.0' })],
  [
    'clockSkew b',
    (clean) => facts(clean.b, { clock: after(clean, 200_000).toISOString() }),
    'timedatectl set-ntp true',
  ],
  [
    'clockSkew b',
    (clean) => facts(clean.b, { clock: after(clean, -200_000).toISOString() }),
    'timedatectl set-ntp true',
  ],
  ['groupMissing c', ({ c }) => (c.usualGroups = ['fast'])],
  [
    'groupMissing a',
    ({ mirrored, b }) => {
      mirrored.disk.metaVg = 'meta';
      b.answer.facts.pools.push({ kind: 'vg', name: 'meta', totalMiB: 1, freeMiB: 1 });
    },
  ],
  ['bridgeMissing c', ({ c }) => facts(c, { bridges: [] })],
  ['hypervisorMissing c', ({ plain }) => set(plain, { hypervisor: 'simulated' })],
  ['hypervisorMissing b', ({ b }) => facts(b, { hypervisors: [] })],
  ['hypervisorVersion c', ({ c }) => facts(c, { hypervisors: [{ kind: 'kvm', version: '5.2' }] })],
  ['drbdVersion c', ({ c }) => facts(c, { checks: [check('drbd', 'ok', '9.2.8')] })],
  ['osDiffers c', ({ c }) => facts(c, { scripts: [] })],
  ['osDiffers c', ({ c }) => facts(c, { oses: [{ kind: 'tiny', state: 'failed', detail: null }] })],
  ['osInvalid c', ({ c }) => c.answer.facts.scripts?.forEach((script) => (script.problem = 'no create'))],
  ['memoryShort b', ({ b }) => facts(b, { memory: { totalMiB: 16_384, freeMiB: 500 } })],
  ['memoryShort b', ({ b }) => facts(b, { memory: { totalMiB: 580, freeMiB: 580 } })],
];

const instances: Row[] = [
  ['instanceDown mirrored', ({ a }) => drop(a.answer.instances), 'instance.start'],
  [
    'instanceDown mirrored',
    ({ a }) => a.answer.instances.forEach((seen) => (seen.operState = 'crashed')),
    'instance.start',
  ],
  [
    'instanceTroubled mirrored',
    ({ a }) => a.answer.instances.forEach((seen) => (seen.detail = 'Its device model has ended.')),
  ],
  [
    'wrongNode mirrored',
    ({ a, b }) => b.answer.instances.push(...(drop(a.answer.instances) as typeof b.answer.instances)),
    'instance.cleanupMigration',
  ],
  [
    'wrongNode plain',
    ({ a, plain }) => [
      a.answer.instances.push(observed(plain.id, 'plain')),
      a.answer.defined.push(definition(plain.id, 'plain')),
    ],
  ],
  ['runsTwice mirrored', ({ b, mirrored }) => b.answer.instances.push(observed(mirrored.id, 'mirrored'))],
  [
    'migrationInterrupted mirrored',
    ({ a }) => a.answer.instances.forEach((seen) => (seen.migration = 'sent')),
    'instance.cleanupMigration',
  ],
  ['badPrimary mirrored', ({ a }) => silence(a, { state: 'offline' })],
  ['badSecondary mirrored', ({ b }) => silence(b, { state: 'offline' })],
  ['splitGroups mirrored', ({ b, snapshot }) => (b.group = { id: stranger, clusterId: snapshot.cluster.id })],
];

const disks: Row[] = [
  ['diskMissing plain', ({ c }) => drop(c.answer.disks)],
  ['diskMissing mirrored', ({ b }) => drop(b.answer.disks), 'instance.replaceDisks secondary'],
  ['diskMissing mirrored', ({ a }) => drop(a.answer.disks), 'instance.replaceDisks primary'],
  ['diskSize plain', ({ c }) => c.answer.disks.forEach((disk) => (disk.sizeMiB = 999))],
  ['diskSize mirrored', ({ b }) => b.answer.disks.forEach((disk) => (disk.sizeMiB = 1_100))],
  ['splitBrain mirrored', ({ a }) => sides({ connection: 'standAlone', splitBrain: true }, a)],
  ['diskFaulty mirrored', ({ b }) => sides({ diskState: 'diskless' }, b), 'instance.replaceDisks secondary'],
  ['diskFaulty mirrored', ({ b }) => sides({ diskState: 'outdated' }, b), 'instance.activateDisks'],
  [
    'diskDisconnected mirrored',
    ({ a, b }) => sides({ connection: 'connecting' }, a, b),
    'instance.activateDisks',
  ],
  ['diskSyncing mirrored', ({ b }) => sides({ diskState: 'inconsistent', sync: 'target' }, b)],
  ['mirrorDown b', ({ b }) => sides({ connection: 'down' }, b), 'instance.activateDisks'],
  ['twoPrimaries mirrored', ({ b }) => sides({ role: 'primary' }, b), 'instance.cleanupMigration'],
  [
    'twoPrimariesAllowed mirrored',
    ({ a, mirrored }) => a.answer.devices.twoPrimaries.push(mirrored.disk.id),
    'instance.cleanupMigration',
  ],
  ['minorUnknown c', ({ c }) => c.answer.devices.minors.push(12), 'drbdsetup status --verbose'],
];

const orphans: Row[] = [
  ['orphanVolume c', ({ c }) => c.answer.volumes.push(volume(stranger, stranger, 10)), 'node.removeVolume'],
  ['orphanVolume c', ({ c }) => c.answer.volumes.push({ ...volume(stranger, stranger, 10), inUse: true })],
  ['strayVolume c', ({ c, mirrored }) => c.answer.volumes.push(volume(mirrored.disk.id, mirrored.id, 10))],
  ['orphanInstance c', ({ c }) => c.answer.instances.push(observed(stranger, 'ghost'))],
  [
    'orphanDefinition c',
    ({ c }) => c.answer.defined.push(definition(stranger, 'ghost')),
    `rm -r /var/lib/corral/agent/instances/${stranger} && systemctl restart corral-agent`,
  ],
];

const all = { database, nodes, instances, disks, orphans };

it('finds nothing where all is as it should be', () => {
  expect(judge(makeCleanSnapshot().snapshot)).toEqual([]);
});

it.each(Object.values(all).flat())('finds %s alone', (expected, change, mend = 'nothing') => {
  const clean = makeCleanSnapshot();
  change(clean);
  const found = judge(clean.snapshot);
  expect(found.map(({ meaning, target }) => `${meaning} ${target.name}`)).toEqual([expected]);
  expect(sayMend(found[0]?.mend ?? null)).toBe(mend);
});

function sayMend(mend: Mend | null): string {
  if (!mend) return 'nothing';
  if (mend.kind === 'command') return mend.text;
  return 'mode' in mend.params ? `${mend.operation} ${mend.params.mode}` : mend.operation;
}

it('has a case for everything that can be found', () => {
  const found = new Set(Object.values(all).flatMap((rows) => rows.map(([words]) => words.split(' ')[0])));
  expect(Object.keys(verifyMeanings).filter((meaning) => !found.has(meaning))).toEqual([]);
});

it('leaves alone what jobs work on', () => {
  const clean = makeCleanSnapshot();
  const { snapshot, a, b, c, mirrored } = clean;
  snapshot.busyIds.add(mirrored.id).add(stranger);
  drop(a.answer.instances);
  drop(b.answer.disks);
  sides({ connection: 'down' }, b);
  c.answer.volumes.push(volume(stranger, stranger, 10));
  c.answer.defined.push(definition(stranger, 'new'));
  expect(judge(snapshot)).toEqual([]);
});

it('takes a guest that shut itself down for what the cluster takes it for', () => {
  const { snapshot, a } = makeCleanSnapshot();
  a.answer.instances.forEach((seen) => (seen.operState = 'shutdown'));
  expect(judge(snapshot)).toMatchObject([{ code: 'EINSTANCEDOWN' }]);
  snapshot.cluster.userShutdown = true;
  expect(judge(snapshot)).toEqual([]);
});

it('takes a disk that LVM rounded up for as large as it should be', () => {
  const { snapshot, c } = makeCleanSnapshot();
  c.answer.disks.forEach((disk) => (disk.sizeMiB = 1_024));
  expect(judge(snapshot)).toEqual([]);
});

it('names those that lack an OS, also where they are the most', () => {
  const { snapshot, a, b } = makeCleanSnapshot();
  for (const node of [a, b]) facts(node, { oses: [{ kind: 'tiny', state: 'failed', detail: null }] });
  const found = judge(snapshot).map(({ meaning, target, values }) => [meaning, target.name, values.has]);
  expect(found).toEqual([
    ['osDiffers', 'a', 'no'],
    ['osDiffers', 'b', 'no'],
  ]);
});

it('is documented, code by code', async () => {
  const docs = await readFile('docs/verify.md', 'utf8');
  const codes = new Set(Object.values(verifyMeanings).map(({ code }) => code));
  expect([...codes].filter((code) => !docs.includes(`\`${code}\``))).toEqual([]);
});
