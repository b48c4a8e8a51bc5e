// What the templates must do that make disks of volumes which somebody else made: part of the contract of block devices.
import { expect, it } from 'vitest';
import { listed, type Suite } from './testing/storage-fixture';

const sizeMiB = 8;
const wrongState = { code: 'wrong_state' };

function partsOf({ fixture, storage }: Suite) {
  const { adoption: theirs } = fixture;
  const { adoption } = storage;
  return theirs && adoption ? { theirs, adoption } : null;
}

export function describeAdoption(open: () => Suite): void {
  describeAdoptionInUse(open);

  it('makes a disk of a volume of somebody else with all that is on it, and removes it like its own', async () => {
    const suite = open();
    const parts = partsOf(suite);
    if (!parts) return;
    const { fixture, storage } = suite;
    const volume = await parts.theirs.make('adopted1', sizeMiB);
    expect(await parts.adoption.examine(volume)).toEqual({ sizeMiB });
    const disk = suite.newDisk(sizeMiB);
    for (const _ of [1, 2]) await parts.adoption.adopt(disk, volume.name);
    expect(await storage.list()).toEqual([listed(disk)]);
    expect(await parts.theirs.isThere(volume)).toBe(false);
    await expect(parts.adoption.examine(parts.theirs.volumeOf(disk))).rejects.toMatchObject(wrongState);
    const { path } = await storage.assemble(disk);
    await storage.open(disk);
    const bytes = await fixture.readBytes?.(path, 4_096);
    expect(bytes?.subarray(0, 6).toString() ?? 'theirs').toBe('theirs');
    await storage.close(disk);
    await storage.shutdown(disk);
    await storage.remove(disk);
    expect(await storage.list()).toEqual([]);
  });

  it('gives a volume back under its old name, as if it had never been a disk', async () => {
    const suite = open();
    const parts = partsOf(suite);
    if (!parts) return;
    const { theirs, adoption } = parts;
    const volume = await theirs.make('adopted2', sizeMiB);
    const disk = suite.newDisk(sizeMiB);
    await adoption.disown(disk, volume.name);
    await adoption.adopt(disk, volume.name);
    await suite.storage.assemble(disk);
    for (const _ of [1, 2]) await adoption.disown(disk, volume.name);
    expect(await suite.storage.list()).toEqual([]);
    expect(await theirs.isThere(volume)).toBe(true);
    expect(await adoption.examine(volume)).toEqual({ sizeMiB });
    await theirs.remove(volume);
  });

  it('completes an adoption that was cut off half-way, forward and back', async () => {
    const suite = open();
    const parts = partsOf(suite);
    if (!parts?.theirs.leaveHalfAdopted) return;
    const { theirs, adoption } = parts;
    const disk = suite.newDisk(sizeMiB);
    const volume = await theirs.make('adopted3', sizeMiB);
    await theirs.leaveHalfAdopted?.(disk, volume);
    await adoption.adopt(disk, volume.name);
    expect(await suite.storage.list()).toEqual([listed(disk)]);
    await adoption.disown(disk, volume.name);
    await theirs.leaveHalfAdopted?.(disk, volume);
    await adoption.disown(disk, volume.name);
    expect(await theirs.isThere(volume)).toBe(true);
    await theirs.remove(volume);
  });

  it('takes no volume that is not there, in use, of another size or a disk already', async () => {
    const suite = open();
    const parts = partsOf(suite);
    if (!parts) return;
    const { theirs, adoption } = parts;
    const disk = suite.newDisk(sizeMiB);
    const volume = await theirs.make('adopted4', sizeMiB);
    await expect(adoption.examine({ ...volume, name: 'nothing' })).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(adoption.examine({ ...volume, vg: 'nowhere' })).rejects.toMatchObject({ code: 'not_found' });
    const release = await theirs.hold(volume);
    await expect(adoption.examine(volume)).rejects.toMatchObject(wrongState);
    await expect(adoption.adopt(disk, volume.name)).rejects.toMatchObject(wrongState);
    await release();
    await expect(adoption.adopt({ ...disk, sizeMiB: 16 }, volume.name)).rejects.toMatchObject(wrongState);
    expect(await theirs.isThere(volume)).toBe(true);
    await adoption.adopt(disk, volume.name);
    const other = suite.newDisk(sizeMiB);
    await expect(adoption.adopt(other, volume.name)).rejects.toMatchObject({ code: 'not_found' });
    await suite.storage.remove(disk);
  });
}

function describeAdoptionInUse(open: () => Suite): void {
  it('takes one that is open where it is told the path under which its machine has it', async () => {
    const suite = open();
    const parts = partsOf(suite);
    if (!parts) return;
    const { theirs, adoption } = parts;
    const disk = suite.newDisk(sizeMiB);
    const volume = await theirs.make('adopted5', sizeMiB);
    const release = await theirs.hold(volume);
    const path = `/dev/${volume.vg}/${volume.name}`;
    expect(await adoption.locate([path, '/dev/null'])).toEqual([{ volume, sizeMiB, refusal: null }, null]);
    await expect(adoption.adopt(disk, volume.name, ['/dev/null'])).rejects.toMatchObject(wrongState);
    for (const _ of [1, 2]) await adoption.adopt(disk, volume.name, [path]);
    expect(await suite.storage.list()).toEqual([listed(disk)]);
    await adoption.disown(disk, volume.name);
    await release();
    expect(await theirs.isThere(volume)).toBe(true);
    await theirs.remove(volume);
  });
}
