// LVM, for disks of kind plain and drbd. It must leave DRBD devices alone: what it holds open cannot change its role.
import { z } from 'zod';
import type { NodeCheck } from '@/contract/schemas/node';
import { formatMiB } from '@/contract/units';
import { ask, missing, ok, warn } from './check';

/** `version` is null where LVM is not installed; `config` as `lvmconfig` prints it. */
export type LvmReading = { version: string | null; config: string; groups: VolumeGroup[] };
export type VolumeGroup = { name: string; sizeMiB: number; freeMiB: number };

const configured = ['devices/global_filter', 'devices/use_devicesfile'];
const columns = 'vg_name,vg_size,vg_free';

export async function readLvm(): Promise<LvmReading> {
  const version = parseLvmVersion((await ask(['lvm', 'version'])) ?? '');
  if (version === null) return { version, config: '', groups: [] };
  const report = ['--reportformat', 'json', '--units', 'm', '--nosuffix', '--options', columns];
  const [config, groups] = await Promise.all([
    ask(['lvm', 'lvmconfig', '--typeconfig', 'full', ...configured]),
    ask(['lvm', 'vgs', ...report]),
  ]);
  return { version, config: config ?? '', groups: groups === null ? [] : parseGroups(groups) };
}

export function parseLvmVersion(text: string): string | null {
  return /LVM version:\s+([\d.]+)/.exec(text)?.[1] ?? null;
}

const WholeMiB = z.coerce.number().transform(Math.floor);
const Group = z
  .object({ vg_name: z.string(), vg_size: WholeMiB, vg_free: WholeMiB })
  .transform((row) => ({ name: row.vg_name, sizeMiB: row.vg_size, freeMiB: row.vg_free }));
const Report = z.object({ report: z.array(z.object({ vg: z.array(Group) })) });

/** `vgs --reportformat json --units m --nosuffix`, whose numbers are texts. */
export function parseGroups(json: string): VolumeGroup[] {
  return Report.parse(JSON.parse(json)).report.flatMap(({ vg }) => vg);
}

/** `hasLoops`: file disks are up as loop devices, as under Xen. */
export function judgeLvm({ version, config, groups }: LvmReading, { hasLoops = false } = {}): NodeCheck[] {
  if (version === null)
    return [
      warn(
        'lvm',
        'LVM is not installed: the node can hold no disks of kind plain and drbd.',
        'apt-get install lvm2',
      ),
    ];
  return [ok('lvm', `LVM ${version} is installed.`), judgeFilter(config, hasLoops), judgeGroups(groups)];
}

function judgeFilter(config: string, hasLoops: boolean): NodeCheck {
  if (/^use_devicesfile=1$/m.test(config))
    return ok('lvm-filter', 'LVM looks only at the devices in its devices file.');
  const patterns = hasLoops ? '"r|^/dev/drbd|", "r|^/dev/loop|"' : '"r|^/dev/drbd|"';
  const mend = `Write "devices { global_filter = [ ${patterns} ] }" into /etc/lvm/lvmlocal.conf.`;
  if (!rejects(readFilter(config), '/dev/drbd0'))
    return missing(
      'lvm-filter',
      'LVM scans DRBD devices: it may take what guests store for volumes of its own, and keep mirrors from changing roles.',
      mend,
    );
  if (hasLoops && !rejects(readFilter(config), '/dev/loop0'))
    return warn(
      'lvm-filter',
      'LVM scans loop devices: it may take what guests store on file disks for volumes of its own.',
      mend,
    );
  return ok('lvm-filter', 'LVM leaves the disks of guests alone.');
}

/** The patterns of `global_filter`, which is a list or one text. */
export function readFilter(config: string): string[] {
  const value = /^global_filter=(.*)$/m.exec(config)?.[1] ?? '';
  return [...value.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, text = '']) => text);
}

/** As LVM reads it: of `a|pattern|` (accept) and `r|pattern|` (reject) the first that matches counts. */
function rejects(filter: string[], device: string): boolean {
  const first = filter.find((entry) => {
    const [, pattern] = /^[ar](?:(.).*\1|\[.*\]|\(.*\)|\{.*\})$/.test(entry) ? [0, entry.slice(2, -1)] : [];
    return pattern !== undefined && matches(pattern, device);
  });
  return first?.startsWith('r') ?? false;
}

function matches(pattern: string, device: string): boolean {
  try {
    return new RegExp(pattern).test(device);
  } catch {
    return false;
  }
}

function judgeGroups(groups: VolumeGroup[]): NodeCheck {
  if (groups.length === 0)
    return warn(
      'volume-group',
      'There is no volume group: the node can hold no disks of kind plain and drbd.',
      'Make one of a free disk or partition: vgcreate xenvg /dev/…',
    );
  const words = groups.map(
    ({ name, sizeMiB, freeMiB }) => `${name} (${formatMiB(freeMiB)} of ${formatMiB(sizeMiB)} free)`,
  );
  return ok('volume-group', `Volume groups: ${words.join(', ')}.`);
}
