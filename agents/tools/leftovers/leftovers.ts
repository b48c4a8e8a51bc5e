// What a script may leave on a disk when it is killed: mounts, partitions mapped by kpartx, loop devices. Nothing else is taken away: what lies
// on a disk for another reason (a mirror, a snapshot) stays.
import { readdir, readFile, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { run } from '../run';
import { listMounts } from '../sys/mounts';

const timeoutMs = 30_000;
const sysBlock = '/sys/class/block';

type Layer = { device: string; loopOf?: string; partitionMap?: string };

/** Takes away what lies on the device or file, the highest first. Answers what it took away, in words; throws where something won't go. */
export async function removeLeftovers(path: string): Promise<string[]> {
  const real = await realpath(path);
  const layers = await listLayers(real);
  const devices = layers.map(({ device }) => device);
  const taken: string[] = [];
  for (const point of await listMountsOf([...devices, basename(real)])) {
    await run({ argv: ['umount', '--recursive', point], doing: `unmount ${point}`, timeoutMs });
    taken.push(`the mount at ${point}`);
  }
  for (const { device, loopOf, partitionMap } of layers) {
    if (partitionMap !== undefined) {
      const argv = ['dmsetup', 'remove', '--retry', partitionMap] as const;
      await run({ argv, doing: `remove the partition device ${partitionMap}`, timeoutMs });
      taken.push(`the partition device ${partitionMap}`);
    }
    if (loopOf !== undefined) {
      const argv = ['losetup', '--detach', `/dev/${device}`] as const;
      await run({ argv, doing: `detach the loop device ${device}`, timeoutMs });
      taken.push(`the loop device ${device}`);
    }
  }
  return taken;
}

/** What lies on it, the highest first: a partition of a loop device before that loop device. */
async function listLayers(real: string): Promise<Layer[]> {
  const own = real.startsWith('/dev/') ? basename(real) : null;
  const above = [
    ...(own === null ? [] : await listMaps(own)),
    ...(await listLoops(real)).map((device) => ({ device, loopOf: real })),
  ];
  const layers: Layer[] = [];
  for (const layer of above) layers.push(...(await listLayers(`/dev/${layer.device}`)), layer);
  return layers;
}

/** Device-mapper devices on it that map its partitions, and the kernel's own partitions of it. */
async function listMaps(device: string): Promise<Layer[]> {
  const holders = await readdir(join(sysBlock, device, 'holders')).catch(() => []);
  const maps = await Promise.all(
    holders.map(async (holder) => {
      const uuid = await readSys(holder, 'dm/uuid');
      // kpartx and libparted name them so; LVM and others do not.
      if (!/^part\d+-/.test(uuid)) return [];
      return [{ device: holder, partitionMap: await readSys(holder, 'dm/name') }];
    }),
  );
  const parts = (await readdir(join(sysBlock, device)).catch(() => [])).filter(
    (name) => name.startsWith(device) && name !== device,
  );
  return [...maps.flat(), ...parts.map((part) => ({ device: part }))];
}

async function listLoops(real: string): Promise<string[]> {
  const names = (await readdir(sysBlock)).filter((name) => /^loop\d+$/.test(name));
  const backed = names.map(async (name) => {
    const backing = await readSys(name, 'loop/backing_file');
    const same = backing !== '' && (await realpath(backing).catch(() => backing)) === real;
    return same ? [name] : [];
  });
  return (await Promise.all(backed)).flat();
}

/** Where devices of these names are mounted, the deepest first. */
async function listMountsOf(devices: string[]): Promise<string[]> {
  return listMounts(await Promise.all(devices.map((device) => readSys(device, 'dev'))));
}

async function readSys(device: string, file: string): Promise<string> {
  return (await readFile(join(sysBlock, device, file), 'utf8').catch(() => '')).trim();
}
