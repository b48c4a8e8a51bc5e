import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, it } from 'vitest';
import { disksOf, openDefinitions } from './definitions';
import { defineSimulated } from './testing/definitions';
import { makeTempFolder } from './testing/temp-folder';

async function keepText(dataDir: string, id: string, kept: object): Promise<void> {
  const folder = path.join(dataDir, 'instances', id);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'definition.json'), JSON.stringify(kept));
}

it('keeps definitions across a restart, and forgets them when it is told to', async () => {
  const dataDir = await makeTempFolder();
  const definition = defineSimulated('web1');
  await (await openDefinitions(dataDir, () => {})).keep(definition);
  const again = await openDefinitions(dataDir, () => {});
  expect(again.list()).toEqual([definition]);
  await again.forget(definition.id);
  expect((await openDefinitions(dataDir, () => {})).list()).toEqual([]);
});

it.each(['file', 'simulated'] as const)('reads %s disks of before they had specs', async (diskTemplate) => {
  const dataDir = await makeTempFolder();
  const definition = defineSimulated('old1', { diskTemplate });
  const disks = definition.disks.map(({ id, index, sizeMiB }) => ({ id, index, sizeMiB }));
  await keepText(dataDir, definition.id, { ...definition, disks });
  const known = (await openDefinitions(dataDir, () => {})).need(definition.id);
  expect(known.disks).toEqual(disks.map((disk) => ({ ...disk, spec: { template: diskTemplate } })));
});

it('says which definition it cannot read, and goes on', async () => {
  const dataDir = await makeTempFolder();
  const broken = defineSimulated('broken1', { diskTemplate: 'plain' });
  await keepText(dataDir, broken.id, { ...broken, disks: [{ id: broken.id, index: 0, sizeMiB: 1 }] });
  const lines: string[] = [];
  expect((await openDefinitions(dataDir, (line) => lines.push(line))).list()).toEqual([]);
  expect(lines).toEqual([expect.stringContaining(broken.id)]);
});

it('hands disks to drivers in the order of their indexes', () => {
  const [disk] = defineSimulated('web1').disks;
  if (!disk) throw new Error('it has a disk');
  const definition = defineSimulated('web1', { disks: [{ ...disk, index: 1 }, disk] });
  expect(disksOf(definition).map(({ index }) => index)).toEqual([0, 1]);
  expect(disksOf(definition)[0]).toEqual({
    ...{ instanceId: definition.id, diskId: disk.id, index: 0, mode: 'rw', sizeMiB: disk.sizeMiB },
    spec: disk.spec,
  });
});
