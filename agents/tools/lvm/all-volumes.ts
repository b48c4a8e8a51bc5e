// All logical volumes of some groups, also those that nobody tagged, with whether something has them open.
import { z } from 'zod';

const bytesPerMiB = 1024 * 1024;
const columns = ['vg_name', 'lv_name', 'lv_size', 'lv_tags', 'lv_attr'];

/** Hidden parts (of mirrors, pools) are no volumes of their own. */
export function buildAllVolumesArgs(groups: readonly string[]): string[] {
  return [
    ...['lvs', '--reportformat', 'json', '--units', 'b', '--nosuffix', '--options', columns.join(',')],
    ...groups,
  ];
}

const Row = z
  .object({
    vg_name: z.string(),
    lv_name: z.string(),
    lv_size: z.coerce.number(),
    lv_tags: z.string(),
    /** "-wi-ao----": the first letter is its kind, the sixth is `o` where it is open. */
    lv_attr: z.string(),
  })
  .transform((row) => ({
    vg: row.vg_name,
    lv: row.lv_name,
    bytes: row.lv_size,
    sizeMiB: Math.floor(row.lv_size / bytesPerMiB),
    tags: row.lv_tags === '' ? [] : row.lv_tags.split(','),
    attributes: row.lv_attr,
    isOpen: row.lv_attr[5] === 'o',
  }));
export type AnyVolume = z.infer<typeof Row>;

const Report = z.object({ report: z.array(z.object({ lv: z.array(Row) })) });

export function parseAllVolumes(json: string): AnyVolume[] {
  return Report.parse(JSON.parse(json)).report.flatMap(({ lv }) => lv);
}
