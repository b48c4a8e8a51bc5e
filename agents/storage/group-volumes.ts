// All logical volumes of the volume groups that disks are made in, with the tags that tell whose they are.
import { Id } from '@/contract/names';
import { VolumeRef, type NodeVolume } from '@/contract/schemas/volume';
import type { AnyVolume } from '../tools/lvm/all-volumes';
import type { VolumeSource } from './volume-source';

type Seen = Pick<AnyVolume, 'vg' | 'lv' | 'sizeMiB' | 'tags' | 'isOpen'>;

type GroupParts = {
  /** Names of the groups. */
  readGroups(): Promise<string[]>;
  listAll(groups: string[]): Promise<Seen[]>;
  removeVolumes(volumes: { vg: string; lv: string }[]): Promise<void>;
};

export function createGroupVolumes({ readGroups, listAll, removeVolumes }: GroupParts): VolumeSource {
  const listIn = async (groups: string[]) => (groups.length > 0 ? listAll(groups) : []);
  return {
    has: ({ kind }) => kind === 'vg',
    list: async () => (await listIn(await readGroups())).flatMap(toVolume),
    async remove({ pool, name }) {
      const groups = (await readGroups()).filter((group) => group === pool);
      const found = (await listIn(groups)).find(({ lv }) => lv === name);
      if (found) await removeVolumes([{ vg: pool, lv: name }]);
    },
  };
}

function toVolume({ vg, lv, sizeMiB, tags, isOpen }: Seen): NodeVolume[] {
  const ref = VolumeRef.safeParse({ kind: 'vg', pool: vg, name: lv });
  if (!ref.success) return [];
  const idIn = (key: string) => {
    const tag = tags.find((one) => one.startsWith(`corral.${key}=`));
    return Id.safeParse(tag?.slice(`corral.${key}=`.length)).data ?? null;
  };
  return [{ ...ref.data, sizeMiB, tags, diskId: idIn('disk'), instanceId: idIn('instance'), inUse: isOpen }];
}
