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
  const hasGroups = drivers.storages.some(({ template }) => template === 'plain');
  return {
    fencing: createFenceHooks(),
    copies: createDiskCopy({ root: join(dataDir, 'disk-copies') }),
    operator: createOperatorTools({ folder: join(dataDir, 'command-runs') }),
    volumes: [
      createFolderVolumes(join(dataDir, 'disks')),
      ...(hasGroups ? [createGroupVolumes(createLvm())] : []),
    ],
  };
}
