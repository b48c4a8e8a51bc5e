// Calls about everything that lies on the node for disks, also what no instance has any more.
import { join } from 'node:path';
import { AppError } from '@/contract/errors';
import { isKeptSide } from '@/contract/kept-side';
import type { NodeVolume, VolumeRef } from '@/contract/schemas/volume';
import type { NodeParts } from '../node-parts';
import { volumePath } from '../tools/lvm/args';
import { listDeviceUsers } from '../tools/sys/device-users';
import type { Handlers } from './handlers';
import { inContext } from './in-context';

const pathOf = ({ kind, pool, name }: VolumeRef) =>
  kind === 'vg' ? volumePath({ vg: pool, lv: name }) : join(pool, name);

/** At once, where a removal would first wait for whoever uses it. */
async function usedBySomebody(ref: VolumeRef): Promise<AppError> {
  const users = await listDeviceUsers(pathOf(ref));
  const who = users.length > 0 ? `it is used by ${users.join(', ')}` : 'something has it open';
  return new AppError('busy', who, { details: { users } });
}

type VolumeCalls = Pick<Handlers, 'volume.list' | 'volume.remove'>;

export function createVolumeCalls({ tools, definitions, log }: NodeParts): VolumeCalls {
  const listAll = async () => (await Promise.all(tools.volumes.map((source) => source.list()))).flat();
  const isDefined = ({ diskId }: NodeVolume) =>
    definitions.list().some(({ disks }) => disks.some(({ id }) => id === diskId));
  const find = async (ref: VolumeRef) =>
    (await listAll()).find(
      ({ kind, pool, name }) => kind === ref.kind && pool === ref.pool && name === ref.name,
    );
  return {
    'volume.list': async () => ({ volumes: await listAll() }),
    'volume.remove': (ref) =>
      inContext(`Cannot remove the volume ${ref.name}`, async () => {
        const volume = await find(ref);
        if (!volume) return {};
        if (volume.diskId === null) throw new AppError('wrong_state', 'Corral did not make it');
        if (isDefined(volume) && !isKeptSide(volume.name))
          throw new AppError('wrong_state', 'an instance of this node has it as a disk');
        if (volume.inUse) throw await usedBySomebody(ref);
        await tools.volumes.find((source) => source.has(ref))?.remove(ref);
        log(`removed the volume ${ref.name} of ${ref.pool}, which no instance had`);
        return {};
      }),
  };
}
