// What LVM's commands are called with. Volumes are named `<group>/<volume>`, of names that LVM's and the contract's rules keep from being
// options.

export type VolumeName = { vg: string; lv: string };
export type NewVolume = VolumeName & {
  sizeMiB: number;
  stripes: number;
  tags: readonly string[];
  /** Its first 4 KiB, so that nothing is found there that an older volume in its place has left. */
  zero: boolean;
};
export type NewSnapshot = { lv: string; sizeMiB: number; tags: readonly string[] };

export const volumeText = ({ vg, lv }: VolumeName): string => `${vg}/${lv}`;
export const volumePath = ({ vg, lv }: VolumeName): string => `/dev/${vg}/${lv}`;

/** Old content stays but for `zero` and is not asked about: wiping is the business of the caller. */
export function buildLvcreateArgs({ vg, lv, sizeMiB, stripes, tags, zero }: NewVolume): string[] {
  return [
    ...['lvcreate', '--yes', '--wipesignatures', 'n', '--zero', zero ? 'y' : 'n', '--size', `${sizeMiB}m`],
    ...(stripes > 1 ? ['--stripes', String(stripes)] : []),
    ...tags.flatMap((tag) => ['--addtag', tag]),
    ...['--name', lv, vg],
  ];
}

/** A snapshot with room for every block of its origin to change. */
export function buildSnapshotArgs(origin: VolumeName, snapshot: NewSnapshot): string[] {
  return [
    ...['lvcreate', '--yes', '--snapshot', '--size', `${snapshot.sizeMiB}m`],
    ...snapshot.tags.flatMap((tag) => ['--addtag', tag]),
    ...['--name', snapshot.lv, volumeText(origin)],
  ];
}

export function buildLvextendArgs(
  volume: VolumeName,
  { sizeMiB, test }: { sizeMiB: number; test: boolean },
): string[] {
  return ['lvextend', ...(test ? ['--test'] : []), '--size', `${sizeMiB}m`, volumeText(volume)];
}

export function buildActivateArgs(volumes: readonly VolumeName[], active: boolean): string[] {
  return ['lvchange', '--activate', active ? 'y' : 'n', ...volumes.map(volumeText)];
}

export function buildRetagArgs(
  volumes: readonly VolumeName[],
  { add = [], remove = [] }: { add?: readonly string[]; remove?: readonly string[] },
): string[] {
  const tags = [...add.flatMap((tag) => ['--addtag', tag]), ...remove.flatMap((tag) => ['--deltag', tag])];
  return ['lvchange', ...tags, ...volumes.map(volumeText)];
}

/** With their snapshots. Of what is tagged it is no error that there is nothing. */
export function buildLvremoveArgs(what: readonly VolumeName[] | { tagged: string }): string[] {
  const targets = 'tagged' in what ? [`@${what.tagged}`] : what.map(volumeText);
  return ['lvremove', '--force', '--yes', ...targets];
}

export function buildLvrenameArgs({ vg, lv }: VolumeName, name: string): string[] {
  return ['lvrename', vg, lv, name];
}
