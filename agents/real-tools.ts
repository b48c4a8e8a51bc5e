// The tools of a real node.
import { join } from 'node:path';
import { createDiskCopy } from './disk-copy/real';
import type { Drivers } from './drivers';
import { createFenceHooks } from './fencing/fence-hooks';
import type { NodeTools } from './node-tools';
import { createOperatorTools } from './operator/real-tools';
import { createFolderVolumes } from './storage/folder-volumes';
import { createGroupVolumes } from './storage/group-volumes';
import { createLvm } from './tools/lvm/lvm';

export function createRealTools({ dataDir, drivers }: { dataDir: string; drivers: Drivers }): NodeTools {
  const lvm = createLvm();
  const readGroups = async () => {
    const pools = (await Promise.all(drivers.storages.map((storage) => storage.pools()))).flat();
    return [...new Set(pools.flatMap(({ kind, name }) => (kind === 'vg' ? [name] : [])))];
  };
  return {
    fencing: createFenceHooks(),
    copies: createDiskCopy({ root: join(dataDir, 'disk-copies') }),
    operator: createOperatorTools({ folder: join(dataDir, 'command-runs') }),
    volumes: [
      createFolderVolumes(join(dataDir, 'disks')),
      createGroupVolumes({ readGroups, listAll: lvm.listAllVolumes, removeVolumes: lvm.removeVolumes }),
    ],
  };
}
