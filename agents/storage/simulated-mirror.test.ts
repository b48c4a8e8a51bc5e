import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { createFaults } from '../simulated-faults';
import { makeMirrorPair } from '../testing/mirror-pair';
import { makeTempFolder } from '../testing/temp-folder';
import { describeStorageContract } from './block-device-contract';
import { describeMirrorContract } from './mirror-contract';
import { createSimulatedStorage } from './simulated';
import { createSimulatedMirror, type SimulatedMirror } from './simulated-mirror';
import { openSimulatedPool } from './simulated-pool';
import { createSimulatedWire, type SimulatedWire } from './simulated-wire';
import { sideOf, type MirrorSide } from './testing/mirror-fixture';

const openPool = (folder: string) =>
  openSimulatedPool({
    ...{ kind: 'vg', name: 'corral', capacityMiB: 2_048 },
    folder: path.join(folder, 'volumes'),
  });

const openNode = (folder: string, nodeId: string, wire: SimulatedWire): SimulatedMirror =>
  createSimulatedMirror({
    ...{ nodeId, wire, faults: createFaults(), pool: openPool(path.join(folder, nodeId)) },
    folder: path.join(folder, nodeId, 'mirrors'),
  });

function simulateSide(folder: string, nodeId: string, wire: SimulatedWire): MirrorSide {
  let driver = openNode(folder, nodeId, wire);
  const own = ({ diskId }: NodeDisk) => [diskId, `${diskId}.meta`, `${diskId}.before`];
  return sideOf(() => driver, {
    write: async (disk, text) => driver.write(disk, text),
    read: async (disk, length) => driver.read(disk).slice(0, length),
    deviceMiB: async (disk) => driver.deviceMiB(disk),
    restart: async () => {
      driver.unplug();
      driver = openNode(folder, nodeId, wire);
    },
    leftovers: async (disk) => {
      const pool = openPool(path.join(folder, nodeId));
      const [status] = await driver.mirror.status([disk]);
      const device = status?.connection === 'down' ? [] : ['device'];
      return [...own(disk).filter((volume) => pool.get(volume)), ...device];
    },
  });
}

it('takes a plain disk over, and gives it back', async () => {
  const folder = await makeTempFolder();
  const pool = openPool(folder);
  const faults = createFaults();
  const mirrors = createSimulatedMirror({
    ...{ nodeId: 'a', wire: createSimulatedWire(), faults, pool, folder: path.join(folder, 'mirrors') },
  });
  const plains = createSimulatedStorage({ template: 'plain', pool, faults });
  const [mirrored] = makeMirrorPair({ instanceId: randomUUID(), diskId: randomUUID(), sizeMiB: 8 });
  const plain: NodeDisk = { ...mirrored, spec: { template: 'plain', vg: 'corral', stripes: 1 } };
  const report = { log: () => {}, progress: () => {} };
  await plains.create(plain, { wipe: false }, report);
  await mirrors.create(mirrored, { wipe: false }, report);
  expect([await plains.list(), await mirrors.list()]).toMatchObject([[], [{ diskId: plain.diskId }]]);
  await mirrors.assemble(mirrored);
  await mirrors.mirror.forcePrimary(mirrored);
  await mirrors.shutdown(mirrored);
  await plains.create(plain, { wipe: false }, report);
  expect([await plains.list(), await mirrors.list()]).toMatchObject([[{ diskId: plain.diskId }], []]);
  await plains.remove(plain);
  expect(pool.measure().freeMiB).toBe(2_048);
});

describeStorageContract('drbd, simulated', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'corral-mirror-'));
  return {
    newSpec: () => makeMirrorPair({ instanceId: '', diskId: '', sizeMiB: 1 })[0].spec,
    createDriver: async () => openNode(folder, 'a', createSimulatedWire()),
    ...{ readBytes: null, write: null, leaveHalfGiven: null },
    ...{ leaveHalfDone: null, adoption: null },
    close: () => rm(folder, { recursive: true }),
  };
});

for (const syncTicks of [0, 3])
  describeMirrorContract(`drbd, simulated, synchronised after ${syncTicks} ticks`, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'corral-mirror-'));
    const wire = createSimulatedWire({ syncTicks });
    return {
      sides: [simulateSide(folder, 'a', wire), simulateSide(folder, 'b', wire)],
      newPair: async (ids) => makeMirrorPair(ids),
      wait: async () => wire.tick(),
      close: () => rm(folder, { recursive: true }),
    };
  });
