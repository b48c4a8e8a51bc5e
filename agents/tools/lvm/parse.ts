// Reports of LVM (`--reportformat json --units b --nosuffix`), whose numbers are texts.
import { z } from 'zod';

const bytesPerMiB = 1024 * 1024;
const Bytes = z.coerce.number();
const WholeMiB = Bytes.transform((bytes) => Math.floor(bytes / bytesPerMiB));
const Tags = z.string().transform((text) => (text === '' ? [] : text.split(',')));

const Volume = z
  .object({
    vg_name: z.string(),
    lv_name: z.string(),
    lv_size: Bytes,
    lv_tags: Tags,
    vg_extent_size: Bytes,
    vg_free: WholeMiB,
  })
  .transform((row) => ({
    ...{ vg: row.vg_name, lv: row.lv_name, bytes: row.lv_size, tags: row.lv_tags },
    ...{ extentBytes: row.vg_extent_size, groupFreeMiB: row.vg_free },
  }));
export type Volume = z.infer<typeof Volume>;

const Group = z
  .object({ vg_name: z.string(), vg_size: WholeMiB, vg_free: WholeMiB })
  .transform((row) => ({ name: row.vg_name, totalMiB: row.vg_size, freeMiB: row.vg_free }));
export type Group = z.infer<typeof Group>;

const VolumesReport = z.object({ report: z.array(z.object({ lv: z.array(Volume) })) });
const GroupsReport = z.object({ report: z.array(z.object({ vg: z.array(Group) })) });

export function parseVolumes(json: string): Volume[] {
  return VolumesReport.parse(JSON.parse(json)).report.flatMap(({ lv }) => lv);
}

export function parseGroups(json: string): Group[] {
  return GroupsReport.parse(JSON.parse(json)).report.flatMap(({ vg }) => vg);
}

/** Rounded down. */
export const sizeMiBOf = ({ bytes }: Volume): number => Math.floor(bytes / bytesPerMiB);

/** What LVM makes of a wished size: whole extents, of each stripe as many. */
export function isMadeFor(
  volume: Volume,
  { sizeMiB, stripes }: { sizeMiB: number; stripes: number },
): boolean {
  const wished = sizeMiB * bytesPerMiB;
  return volume.bytes >= wished && volume.bytes < wished + volume.extentBytes * stripes;
}
