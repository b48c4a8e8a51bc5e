// All logical volumes of the volume groups that disks are made in, with the tags that tell whose they are.
import { Id } from '@/contract/names';
import { VolumeRef, type NodeVolume } from '@/contract/schemas/volume';
import type { Volume } from '../tools/lvm/report';
import type { VolumeSource } from './volume-source';

type Seen = Pick<Volume, 'vg' | 'lv' | 'sizeMiB' | 'tags' | 'isOpen'>;

type GroupParts = {
  listVolumes(): Promise<Seen[]>;
  removeVolumes(volumes: { vg: string; lv: string }[]): Promise<void>;
};

export function createGroupVolumes({ listVolumes, removeVolumes }: GroupParts): VolumeSource {
  return {
    has: ({ kind }) => kind === 'vg',
    list: async () => (await listVolumes()).flatMap(toVolume),
    async remove({ pool, name }) {
      const found = (await listVolumes()).find(({ vg, lv }) => vg === pool && lv === name);
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
