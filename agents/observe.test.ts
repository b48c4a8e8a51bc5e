import { expect, it } from 'vitest';
import { observeBeatMs, type Observation } from '@/contract/agent-calls';
import type { NodeFacts } from '@/contract/schemas/node';
import { createHookScripts } from './hooks/hook-scripts';
import { createSimulatedHypervisor } from './hypervisors/simulated';
import { createObserver, factsEveryMs } from './observe';
import { changedNoticeably } from './observe-facts';
import { createObservationQueue } from './observe-queue';
import { createFaults } from './simulated-faults';
import { defineSimulated } from './testing/definitions';
import { handTicker } from './testing/hand-ticker';
import { makeTempFolder } from './testing/temp-folder';
import { noImages, noSavedImages } from './testing/no-images';

const folder = { kind: 'folder' as const, name: '/data', totalMiB: 1_024, freeMiB: 512 };
const someFacts: NodeFacts = {
  agentVersion: '1',
  bootId: 'b',
  hostName: 'node1',
  kernel: '6',
  osName: 'Debian',
  clock: '2026-01-01T00:00:00Z',
  cpu: { model: 'c', threads: 2, flags: [] },
  memory: { totalMiB: 16_384, freeMiB: 8_000 },
  pools: [folder],
  replicationAddress: null,
  accelerator: { setting: 'auto', used: 'tcg', reason: '' },
  hypervisors: [],
  diskTemplates: [],
  bridges: [],
  oses: [],
  isos: [],
};

async function openObserver() {
  const hypervisor = createSimulatedHypervisor({ folder: await makeTempFolder(), faults: createFaults() });
  const hooks = createHookScripts([]);
  const drivers = {
    hypervisors: [hypervisor],
    storages: [],
    networks: [],
    oses: [],
    hooks,
    images: noImages,
    saved: noSavedImages,
    isoFolder: null,
  };
  const hand = handTicker();
  const state: { facts: NodeFacts | Promise<NodeFacts> } = { facts: someFacts };
  const observer = createObserver({
    drivers,
    definitions: { list: () => [] },
    readFacts: async () => state.facts,
    log: () => {},
    ticker: hand.ticker,
  });
  const stop = new AbortController();
  const watch = observer.watch(stop.signal)[Symbol.asyncIterator]();
  const next = async (): Promise<Observation | undefined> => (await watch.next()).value;
  return { hypervisor, hand, state, observer, stop, next, watch };
}

const startOf = (name: string) => ({
  definition: defineSimulated(name),
  boot: { kind: 'firmware' as const },
  disks: [],
  nics: [],
});

it('tells a snapshot first, then every change, beats in between', async () => {
  const { hypervisor, hand, observer, next } = await openObserver();
  const [first, second] = [startOf('web1'), startOf('web2')];
  await hypervisor.start(first);
  expect(await next()).toMatchObject({
    kind: 'snapshot',
    facts: someFacts,
    instances: [{ name: 'web1', operState: 'running' }],
  });
  await hypervisor.start(second);
  await hypervisor.stop({ instanceId: first.definition.id, force: true, timeoutMs: 0 });
  hand.tick(observeBeatMs);
  observer.gone(first.definition.id);
  expect(await next()).toMatchObject({ kind: 'instance', instance: { name: 'web2', operState: 'running' } });
  expect(await next()).toMatchObject({ kind: 'instance', instance: { name: 'web1', operState: 'absent' } });
  expect(await next()).toMatchObject({ kind: 'beat' });
  expect(await next()).toMatchObject({ kind: 'gone', instanceId: first.definition.id });
});

it('says that it is there while the facts of the snapshot are being read, and ends when they cannot be', async () => {
  const { hand, state, observer, stop, next, watch } = await openObserver();
  let tell = (_facts: NodeFacts) => {};
  state.facts = new Promise((resolve) => (tell = resolve));
  for (let beats = 0; beats < 2; beats += 1) {
    const beat = next();
    hand.tick(observeBeatMs);
    expect(await beat).toMatchObject({ kind: 'beat' });
  }
  const first = next();
  tell(someFacts);
  expect(await first).toMatchObject({ kind: 'snapshot', facts: someFacts });
  const timers = hand.count();
  state.facts = Promise.reject(new Error('the volume group does not answer'));
  const other = observer.watch(stop.signal)[Symbol.asyncIterator]();
  await expect(other.next()).rejects.toThrow('does not answer');
  expect(hand.count()).toBe(timers);
  await watch.return?.();
});

it('tells facts again only when they changed noticeably', async () => {
  const { hand, state, next } = await openObserver();
  await next();
  state.facts = { ...someFacts, memory: { totalMiB: 16_384, freeMiB: 7_990 } };
  hand.tick(factsEveryMs);
  state.facts = { ...someFacts, bridges: ['br0'] };
  hand.tick(factsEveryMs);
  expect(await next()).toMatchObject({ kind: 'facts', facts: { bridges: ['br0'] } });
});

it('measures facts against what each watcher was told last', async () => {
  const { hand, state, observer, stop, next } = await openObserver();
  await next();
  state.facts = { ...someFacts, bridges: ['br0'] };
  const later = observer.watch(stop.signal)[Symbol.asyncIterator]();
  expect((await later.next()).value).toMatchObject({ kind: 'snapshot', facts: { bridges: ['br0'] } });
  state.facts = someFacts;
  hand.tick(factsEveryMs);
  // Only the later watcher heard of the bridge, so only it must hear that the bridge is gone.
  expect((await later.next()).value).toMatchObject({ kind: 'facts', facts: { bridges: [] } });
  hand.tick(observeBeatMs);
  expect(await next()).toMatchObject({ kind: 'beat' });
});

it('ends a watch whose caller has gone, and keeps no timer when it is closed', async () => {
  const { observer, hand, stop, next, watch } = await openObserver();
  await next();
  const waiting = watch.next();
  stop.abort();
  expect(await waiting).toEqual({ done: true, value: undefined });
  observer.close();
  expect(hand.count()).toBe(0);
});

it('cuts a watcher off that does not read', async () => {
  const queue = createObservationQueue(3);
  for (let n = 0; n < 4; n += 1) queue.push({ kind: 'beat', at: '2026-01-01T00:00:00Z' });
  const read = queue.read(new AbortController().signal);
  expect(await read.next()).toEqual({ done: true, value: undefined });
});

it.each([
  ['a moving clock', { clock: '2026-01-02T00:00:00Z' }, false],
  ['10 MiB of memory', { memory: { totalMiB: 16_384, freeMiB: 7_990 } }, false],
  ['1 % of the memory', { memory: { totalMiB: 16_384, freeMiB: 7_836 } }, true],
  ['64 MiB of a small disk', { pools: [{ ...folder, freeMiB: 448 }] }, true],
  ['less of a small disk', { pools: [{ ...folder, freeMiB: 449 }] }, false],
  [
    'another volume group',
    { pools: [folder, { kind: 'vg' as const, name: 'corral', totalMiB: 1, freeMiB: 1 }] },
    true,
  ],
  [
    'another accelerator',
    { accelerator: { setting: 'kvm' as const, used: 'kvm' as const, reason: '' } },
    true,
  ],
  ['a new ISO file', { isos: ['debian.iso'] }, true],
])('finds %s noticeable or not', (_what, change, noticeable) => {
  expect(changedNoticeably(someFacts, { ...someFacts, ...change })).toBe(noticeable);
});
