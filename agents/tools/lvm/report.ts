// Everything that LVM has on the node, in one report (lvmreport(7), `lvm fullreport`): one program, whatever of it is wanted.
import { z } from 'zod';

const bytesPerMiB = 1024 * 1024;
const groupColumns = ['vg_name', 'vg_size', 'vg_free', 'vg_extent_size'];
const volumeColumns = ['lv_name', 'lv_size', 'lv_tags', 'lv_attr'];

/** JSON, sizes in bytes. Hidden parts of volumes (of mirrors, pools) are left out; of what nobody asks for, the least that LVM lets one ask. */
export function buildReportArgs(): string[] {
  const part = (name: string, columns: readonly string[]) => [
    ...['--configreport', name, '--options', columns.join(',')],
  ];
  return [
    ...['fullreport', '--reportformat', 'json', '--units', 'b', '--nosuffix'],
    ...part('vg', groupColumns),
    ...part('lv', volumeColumns),
    ...part('pv', ['pv_name']),
    ...part('pvseg', ['pvseg_start']),
    ...part('seg', ['seg_start']),
  ];
}

const Bytes = z.coerce.number();
const WholeMiB = Bytes.transform((bytes) => Math.floor(bytes / bytesPerMiB));
const Group = z.object({ vg_name: z.string(), vg_size: WholeMiB, vg_free: WholeMiB, vg_extent_size: Bytes });
const Volume = z.object({ lv_name: z.string(), lv_size: Bytes, lv_tags: z.string(), lv_attr: z.string() });
const Part = z.object({ vg: z.array(Group).default([]), lv: z.array(Volume).default([]) });
const Report = z.object({ report: z.array(Part) });

export type Group = { name: string; totalMiB: number; freeMiB: number };
export type Volume = {
  vg: string;
  lv: string;
  bytes: number;
  /** Rounded down. */
  sizeMiB: number;
  tags: string[];
  /** "-wi-ao----", see lvs(8): the first letter is its kind, the sixth is `o` where it is open. */
  attributes: string;
  isOpen: boolean;
  /** Of its group. */
  extentBytes: number;
};
export type LvmReport = { groups: Group[]; volumes: Volume[] };

/** Each group has a part of its own; physical volumes without a group have one without any. */
export function parseReport(json: string): LvmReport {
  const parts = Report.parse(JSON.parse(json)).report;
  const of = parts.flatMap(({ vg, lv }) => vg.map((group) => ({ group, volumes: lv })));
  return {
    groups: of.map(({ group }) => ({
      ...{ name: group.vg_name, totalMiB: group.vg_size, freeMiB: group.vg_free },
    })),
    volumes: of.flatMap(({ group, volumes }) => volumes.map((row) => toVolume(group, row))),
  };
}

function toVolume(group: z.infer<typeof Group>, row: z.infer<typeof Volume>): Volume {
  return {
    ...{ vg: group.vg_name, lv: row.lv_name, bytes: row.lv_size, extentBytes: group.vg_extent_size },
    sizeMiB: Math.floor(row.lv_size / bytesPerMiB),
    tags: row.lv_tags === '' ? [] : row.lv_tags.split(','),
    attributes: row.lv_attr,
    isOpen: row.lv_attr[5] === 'o',
  };
}

/** What LVM makes of a wished size: whole extents, of each stripe as many. */
export function isMadeFor(
  volume: Pick<Volume, 'bytes' | 'extentBytes'>,
  { sizeMiB, stripes }: { sizeMiB: number; stripes: number },
): boolean {
  const wished = sizeMiB * bytesPerMiB;
  return volume.bytes >= wished && volume.bytes < wished + volume.extentBytes * stripes;
}
