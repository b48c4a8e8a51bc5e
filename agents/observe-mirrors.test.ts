import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { MirrorStatus, NodeDisk } from '@/contract/schemas/disk';
import { AppError } from '@/contract/errors';
import { createHookScripts } from './hooks/hook-scripts';
import { createMirrorWatch } from './observe-mirrors';
import { createFaults } from './simulated-faults';
import { createSimulatedMirror } from './storage/simulated-mirror';
import { openSimulatedPool } from './storage/simulated-pool';
import { createSimulatedWire, type SimulatedWire } from './storage/simulated-wire';
import { defineSimulated } from './testing/definitions';
import { makeMirrorPair } from './testing/mirror-pair';
import { makeTempFolder } from './testing/temp-folder';
import { noImages, noSavedImages } from './testing/no-images';

const report = { log: () => {}, progress: () => {} };

async function openNode(nodeId: string, wire: SimulatedWire) {
  const folder = await makeTempFolder();
  const faults = createFaults();
  const pool = openSimulatedPool({
    ...{ kind: 'vg', name: 'corral', capacityMiB: 2_048 },
    folder: path.join(folder, 'volumes'),
  });
  const driver = createSimulatedMirror({
    ...{ nodeId, wire, faults, pool },
    folder: path.join(folder, 'mirrors'),
  });
  return { driver, faults };
}

const define = ({ instanceId: id, diskId, sizeMiB, spec }: NodeDisk): InstanceDefinition =>
  defineSimulated('web1', { id, diskTemplate: 'drbd', disks: [{ id: diskId, index: 0, sizeMiB, spec }] });

/** Two nodes with one mirror, in step, and what watches the first of them. */
async function openWatch() {
  const wire = createSimulatedWire({ syncTicks: 4 });
  const [{ driver: a, faults }, { driver: b }] = [await openNode('a', wire), await openNode('b', wire)];
  const [mine, theirs] = makeMirrorPair({ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB: 8 });
  for (const [driver, disk] of [
    [a, mine],
    [b, theirs],
  ] as const) {
    await driver.create(disk, { wipe: true }, report);
    await driver.assemble(disk);
  }
  await a.mirror.markInSync(mine);
  const hooks = createHookScripts([]);
  const drivers = {
    hypervisors: [],
    storages: [a],
    networks: [],
    oses: [],
    hooks,
    images: noImages,
    saved: noSavedImages,
    isoFolder: null,
  };
  const logs: string[] = [];
  const definitions: InstanceDefinition[] = [define(mine)];
  const watch = createMirrorWatch({
    drivers,
    definitions: { list: () => definitions },
    log: (line) => logs.push(line),
  });
  return { wire, a, b, mine, theirs, faults, logs, definitions, watch };
}

/** What one watcher is told, each time as an own list. */
function listen(watch: ReturnType<typeof createMirrorWatch>) {
  const told: MirrorStatus[][] = [];
  let wake = () => {};
  const stop = watch.listen((mirrors) => {
    told.push(mirrors);
    wake();
  });
  const next = async (): Promise<MirrorStatus[]> => {
    while (told.length === 0) await new Promise<void>((resolve) => (wake = resolve));
    return told.shift() ?? [];
  };
  /** Reads until it has been told so; what comes before is passed over. */
  const until = async (isSo: (mirror: MirrorStatus) => boolean): Promise<MirrorStatus> => {
    for (;;) {
      const found = (await next()).find(isSo);
      if (found) return found;
    }
  };
  return { next, until, told, stop };
}

it('tells each watcher of all mirrors first, then of those that changed', async () => {
  const { watch, a, mine, faults } = await openWatch();
  const first = listen(watch);
  expect(await first.next()).toMatchObject([
    { diskId: mine.diskId, connection: 'connected', role: 'secondary' },
  ]);
  await a.open(mine);
  expect(await first.until(({ role }) => role === 'primary')).toMatchObject({ diskState: 'upToDate' });
  const second = listen(watch);
  expect(await second.next()).toMatchObject([{ role: 'primary' }]);
  const looks = faults.count('mirror.status');
  watch.look();
  await a.close(mine);
  expect(await second.next()).toMatchObject([{ role: 'secondary' }]);
  expect(await first.next()).toMatchObject([{ role: 'secondary' }]);
  expect(faults.count('mirror.status') - looks).toBeLessThanOrEqual(2);
});

it('does not miss what happens while it looks, and takes a burst of changes as one', async () => {
  const { watch, a, mine, faults } = await openWatch();
  const release = faults.hang('mirror.status');
  const watcher = listen(watch);
  for (let time = 0; time < 20; time += 1) {
    await a.open(mine);
    await a.close(mine);
  }
  await a.open(mine);
  release();
  expect(await watcher.until(({ role }) => role === 'primary')).toBeDefined();
  await expect.poll(() => faults.count('mirror.status')).toBe(2);
});

it('looks at each beat how far a synchronisation is, and only then', async () => {
  const { watch, wire, a, b, mine, theirs, faults } = await openWatch();
  const watcher = listen(watch);
  await watcher.next();
  await b.shutdown(theirs);
  await a.open(mine);
  await b.assemble(theirs);
  expect(await watcher.until(({ sync }) => sync === 'source')).toMatchObject({ syncDone: 0, secondsLeft: 2 });
  for (const done of [0.25, 0.5, 0.75]) {
    wire.tick();
    watch.beat();
    expect(await watcher.next()).toMatchObject([{ sync: 'source', syncDone: done }]);
  }
  wire.tick();
  expect(await watcher.next()).toMatchObject([{ sync: 'none', syncDone: null, peerDiskState: 'upToDate' }]);
  const looks = faults.count('mirror.status');
  watch.beat();
  expect(faults.count('mirror.status')).toBe(looks);
});

it('tells of a disk that was defined meanwhile, and again of one that was gone', async () => {
  const { watch, definitions, mine } = await openWatch();
  const kept = definitions.splice(0);
  const watcher = listen(watch);
  definitions.push(...kept);
  watch.look();
  expect(await watcher.next()).toMatchObject([{ diskId: mine.diskId }]);
  definitions.splice(0);
  watch.look();
  await new Promise((resolve) => setImmediate(resolve));
  definitions.push(...kept);
  watch.look();
  expect(await watcher.next()).toMatchObject([{ diskId: mine.diskId }]);
});

it('tries again at the next beat what it could not read, and complains once', async () => {
  const { watch, faults, logs } = await openWatch();
  for (const nth of [1, 2])
    faults.fail('mirror.status', { nth, error: new AppError('tool_failed', 'no answer') });
  const watcher = listen(watch);
  while (logs.length === 0) await new Promise((resolve) => setImmediate(resolve));
  watch.beat();
  while (faults.count('mirror.status') < 2) await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  watch.beat();
  expect(await watcher.next()).toMatchObject([{ connection: 'connected' }]);
  expect(logs).toEqual(['cannot read the state of mirrors: no answer']);
});

it('tells a watcher that has gone nothing more', async () => {
  const { watch, a, mine, faults } = await openWatch();
  const watcher = listen(watch);
  await watcher.next();
  watcher.stop();
  const looks = faults.count('mirror.status');
  await a.open(mine);
  watch.close();
  expect(faults.count('mirror.status')).toBe(looks);
});
