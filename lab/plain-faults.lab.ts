// What befalls plain disks of real nodes: leftovers of others, growth that was cut off, devices that stay open.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { NodeDisk } from '@/contract/schemas/disk';
import { startLab, type Lab } from './lab';
import { plainDisk, silent, wiped } from './testing/lab-disks';
import { serveStorage, type StorageNode } from './testing/storage-node';

let lab: Lab;
let one: StorageNode;

beforeAll(async () => {
  lab = await startLab({ nodes: 1 });
  one = await serveStorage(lab.node(1));
});
afterAll(() => lab.close());
beforeEach(async () => {
  // What a test that failed has left would make the next ones fail, too.
  await one.node.run('lvremove --force --quiet --quiet corral; true');
});

describe('a plain disk', () => {
  it('is wiped where another one was, with progress, and only as far as it is new when it grows', async () => {
    const first = plainDisk(1_536);
    await one.plain.create(first, { wipe: false }, silent);
    const { path } = await one.plain.assemble(first);
    await one.node.run(
      `for at in 0 1535; do yes | dd of=${path} bs=1M seek=$at count=1 iflag=fullblock oflag=direct status=none; done`,
    );
    await one.plain.remove(first);
    const disk = plainDisk(1_024);
    await one.said();
    await one.plain.create(disk, wiped, silent);
    expect((await one.said()).flatMap(({ done }) => done ?? [])).toContain(1);
    const { path: again } = await one.plain.assemble(disk);
    expect(await sumOf(again)).toBe(await sumOfZeros(1_024));
    await one.node.run(`printf kept | dd of=${again} conv=notrunc,fsync status=none`);
    await one.plain.grow(disk, { sizeMiB: 1_536, stage: 'backing', wipe: true }, silent);
    expect(await one.node.run(`head -c 4 ${again}`)).toBe('kept');
    await one.node.run(`printf '\\0\\0\\0\\0' | dd of=${again} conv=notrunc,fsync status=none`);
    expect(await sumOf(again)).toBe(await sumOfZeros(1_536));
    await one.plain.remove(disk);
  });

  it('whose growth was cut off before its new part was wiped is wiped by the next one', async () => {
    const disk = plainDisk(16);
    await one.plain.create(disk, wiped, silent);
    const { path } = await one.plain.assemble(disk);
    const volume = `corral/disk-${disk.diskId}`;
    await one.node.run(
      `lvchange --addtag corral.wipe=16 ${volume} && lvextend -qq -L 32m ${volume} && yes | dd of=${path} bs=1M seek=16 count=16 iflag=fullblock oflag=direct status=none`,
    );
    await one.plain.grow(disk, { sizeMiB: 32, stage: 'backing', wipe: true }, silent);
    expect(await sumOf(path)).toBe(await sumOfZeros(32));
    expect(await one.node.run(`lvs --noheadings -o lv_tags ${volume}`)).not.toContain('wipe');
    await one.plain.remove(disk);
  });

  it('in use is neither shut down nor removed, and who uses it is told', async () => {
    const disk = plainDisk(16);
    await one.plain.create(disk, wiped, silent);
    const { path } = await one.plain.assemble(disk);
    const { output } = await one.node.sh(`sleep 600 7>${path} & echo $!`);
    const users = expect.objectContaining({ users: [`sleep (${output.trim()})`] });
    for (const verb of [one.plain.close, one.plain.shutdown, one.plain.remove])
      await expect(verb(disk)).rejects.toMatchObject({ code: 'busy', details: users });
    await one.node.run(`kill ${output.trim()}`);
    await one.plain.shutdown(disk);
    expect((await one.node.sh(`test -e ${path}`)).exitCode).toBe(1);
    await one.plain.assemble(disk);
    await one.plain.remove(disk);
  });

  it('asks for stripes, and gets as many as there are physical volumes', async () => {
    const disk: NodeDisk = { ...plainDisk(16), spec: { template: 'plain', vg: 'corral', stripes: 3 } };
    await one.plain.create(disk, wiped, silent);
    expect(await one.plain.list()).toEqual([
      { instanceId: disk.instanceId, diskId: disk.diskId, sizeMiB: 16 },
    ]);
    await one.plain.remove(disk);
  });

  it('is refused in a volume group that does not exist, and with another size than it has', async () => {
    const nowhere: NodeDisk = { ...plainDisk(16), spec: { template: 'plain', vg: 'nowhere', stripes: 1 } };
    await expect(one.plain.create(nowhere, wiped, silent)).rejects.toMatchObject({ code: 'not_found' });
    const disk = plainDisk(16);
    await one.plain.create(disk, wiped, silent);
    const other = one.plain.create({ ...disk, sizeMiB: 32 }, wiped, silent);
    await expect(other).rejects.toMatchObject({
      code: 'already_exists',
      details: { sizeMiB: 32, existingMiB: 16 },
    });
    await one.plain.remove(disk);
  });
});

const sumOf = (path: string) => one.node.run(`sha256sum < ${path}`);
const sumOfZeros = (sizeMiB: number) => one.node.run(`head -c ${sizeMiB}M /dev/zero | sha256sum`);
