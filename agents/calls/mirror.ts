// Calls about this node's sides of mirrors.
import type { NodeDisk } from '@/contract/schemas/disk';
import { withTimeLimit } from '@/contract/time-limit';
import { mirrorOf, readMirrorDevices, readMirrors } from '../driver-choice';
import { readOnceConnected } from '../mirrors-connected';
import type { NodeParts } from '../node-parts';
import type { Handlers } from './handlers';
import { nothing, onDisk } from './on-disk';

type MirrorCalls = Pick<
  Handlers,
  'mirror.status' | 'mirror.devices' | 'mirror.connect' | 'mirror.settle' | 'mirror.renew' | 'mirror.snapshot'
>;

export function createMirrorCalls(parts: NodeParts): MirrorCalls {
  const of = (disk: NodeDisk) => mirrorOf(parts.drivers, disk.spec.template);
  return {
    // Waits for no turn: somebody wants to know what goes on.
    'mirror.status': async ({ disks, connectedWithinMs }, { signal }) => {
      if (!connectedWithinMs) return { mirrors: await readMirrors(parts.drivers, disks) };
      const until = withTimeLimit(signal, connectedWithinMs);
      return { mirrors: await readOnceConnected(parts.drivers, disks, until) };
    },
    'mirror.devices': ({ disks }) => readMirrorDevices(parts.drivers, disks),
    'mirror.connect': onDisk(parts, 'connect', ({ wish, ...disk }) =>
      of(disk).connect(disk, wish).then(nothing),
    ),
    'mirror.settle': onDisk(parts, 'settle', ({ how, ...disk }) =>
      (how === 'inSync' ? of(disk).markInSync(disk) : of(disk).forcePrimary(disk)).then(nothing),
    ),
    'mirror.renew': onDisk(parts, 'renew', (disk, call) => of(disk).renew(disk, call).then(nothing)),
    'mirror.snapshot': onDisk(parts, 'snapshot', ({ name, ...disk }) => of(disk).snapshot(disk, name)),
  };
}
