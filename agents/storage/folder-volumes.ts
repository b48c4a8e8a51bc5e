// The files in the folder of file disks: `<instance id>/<disk id>.raw`, unfinished ones with `.part` behind, and whatever else is there.
import { readdir, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { Id } from '@/contract/names';
import { VolumeRef, type NodeVolume } from '@/contract/schemas/volume';
import { ifMissing } from '../missing-file';
import type { VolumeSource } from './volume-source';

const bytesPerMiB = 1024 * 1024;
const most = 10_000;

export function createFolderVolumes(folder: string): VolumeSource {
  const has = ({ kind, pool }: Pick<VolumeRef, 'kind' | 'pool'>) => kind === 'folder' && pool === folder;
  return {
    has,
    async list() {
      const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(ifMissing([]));
      const files = entries.filter((entry) => entry.isFile()).slice(0, most);
      const found = files.map(async (entry): Promise<NodeVolume[]> => {
        const file = path.join(entry.parentPath, entry.name);
        const size = await stat(file).catch(ifMissing(null));
        const ref = { kind: 'folder', pool: folder, name: path.relative(folder, file) };
        const parsed = VolumeRef.safeParse(ref);
        if (!size || !parsed.success) return [];
        const owner = ownerOf(parsed.data.name);
        return [
          { ...parsed.data, ...owner, sizeMiB: Math.ceil(size.size / bytesPerMiB), tags: [], inUse: false },
        ];
      });
      return (await Promise.all(found)).flat();
    },
    async remove({ name }) {
      await rm(path.join(folder, name), { force: true });
      // Fails while other disks are in it, and where it is gone already.
      await rmdir(path.dirname(path.join(folder, name))).catch(() => {});
    },
  };
}

function ownerOf(name: string): Pick<NodeVolume, 'diskId' | 'instanceId'> {
  const [, instance, disk] = /^([^/]+)\/([^/]+)\.raw(?:\.part)?$/.exec(name) ?? [];
  const instanceId = Id.safeParse(instance).data;
  const diskId = Id.safeParse(disk).data;
  return instanceId && diskId ? { instanceId, diskId } : { instanceId: null, diskId: null };
}
