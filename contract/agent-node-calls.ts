// The calls on a node besides its instances: powering another node off, what lies on it for disks, commands and files of operators.
import { z } from 'zod';
import { Id, NodeName } from './names';
import { FenceHook } from './schemas/fencing';
import { FileContent, NodeCommand, FilePath, FileMode } from './schemas/node-command';
import { NodeVolumes, VolumeRef } from './schemas/volume';

const none = z.object({});

export const nodeCalls = {
  'fence.run': {
    says: 'Run a command of /etc/corral/fence.d on another node: power it off, or tell whether it is on',
    params: z.object({
      hook: FenceHook,
      action: z.enum(['off', 'status']),
      node: z.object({ name: NodeName, address: z.string().max(260) }),
    }),
    /** The last line that it said. */
    result: z.object({ said: z.string().max(256) }),
    timeout: 'long',
    stream: true,
  },
  'volume.list': {
    says: 'All logical volumes of the volume groups that disks are made in, and all files of the folder',
    params: none,
    result: z.object({ volumes: NodeVolumes }),
    timeout: 'short',
  },
  'volume.remove': {
    says: 'Remove a volume that Corral made and that no instance known here has; absent is success, in use is not',
    params: VolumeRef,
    result: none,
    timeout: 'short',
  },
  'command.run': {
    says: 'Run a shell command as root, once for each run id; refused unless the node allows it',
    params: z.object({ runId: Id, ...NodeCommand.shape }),
    result: z.object({ exitCode: z.number().int() }),
    timeout: 'long',
    stream: true,
  },
  'file.put': {
    says: 'Write a file as root; refused unless the node allows it',
    params: z.object({ path: FilePath, mode: FileMode, content: FileContent }),
    result: none,
    timeout: 'short',
  },
} as const;
