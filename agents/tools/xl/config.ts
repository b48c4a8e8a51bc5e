// The configuration file of a domain (xl.cfg(5)), as a pure function. `xl` ignores keys that it does not know and warns of bad numbers only, so
// nothing is left to it: keys stand here, every text is quoted, and what cannot be quoted is refused.
import { AppError } from '@/contract/errors';
import { hotplugScripts } from './hotplug';

export type XenDisk = { path: string; vdev: string; readOnly: boolean; kind?: 'cdrom' };
export type XenNic = { mac: string; bridge: string; model?: string };

export type ConfigValue = string | number | boolean | string[];
export type XenConfig = {
  name: string;
  uuid: string;
  type: 'pv' | 'pvh' | 'hvm';
  memoryMiB: number;
  vcpus: number;
  disks: XenDisk[];
  nics: XenNic[];
  /** Keys of xl.cfg(5) besides; they win over what follows from the above. */
  more: Record<string, ConfigValue>;
};

/** What happens at the end of a domain is decided by the agent, so Xen keeps every one until then. */
const endings = { on_poweroff: 'preserve', on_reboot: 'preserve', on_crash: 'preserve' };

export function buildConfig({ name, uuid, type, memoryMiB, vcpus, disks, nics, more }: XenConfig): string {
  const values: Record<string, ConfigValue> = {
    ...{ name, uuid, type, memory: memoryMiB, maxmem: memoryMiB, vcpus, maxvcpus: vcpus },
    ...endings,
    disk: disks.map((disk) => diskWords(disk, more['bootloader'] === undefined)),
    vif: nics.map(nicWords),
    ...more,
  };
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${write(value)}`);
  return `${lines.join('\n')}\n`;
}

/**
 * As `block-attach` takes it, too (xl-disk-configuration(5)); the path comes last, where commas mean nothing. A boot loader of the node reads disks
 * before the domain has any, which Xen lets it only where a disk has no script of ours.
 */
export function diskWords({ path, vdev, readOnly, kind }: XenDisk, isScripted = true): string {
  const place = [`vdev=${word(vdev)}`, `access=${readOnly ? 'ro' : 'rw'}`];
  if (kind === 'cdrom' && path === '') return [...place, 'devtype=cdrom', 'format=empty'].join(',');
  const how =
    kind === 'cdrom'
      ? ['devtype=cdrom']
      : ['backendtype=phy', ...(isScripted ? [`script=${hotplugScripts.disk}`] : [])];
  return [...place, ...how, 'format=raw', `target=${path}`].join(',');
}

/** As `network-attach` takes it, too (xl-network-configuration(5)). */
export function nicWords({ mac, bridge, model }: XenNic): string {
  const type = model === undefined ? 'type=vif' : `type=ioemu,model=${word(model)}`;
  return `mac=${word(mac)},bridge=${word(bridge)},${type},script=${hotplugScripts.nic}`;
}

function write(value: ConfigValue): string {
  if (typeof value === 'boolean') return value ? '1' : '0';
  if (typeof value === 'number') return writeNumber(value);
  return typeof value === 'string' ? quote(value) : `[${value.map(quote).join(', ')}]`;
}

function writeNumber(value: number): string {
  if (Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new AppError('invalid', `Not a number that Xen takes: ${value}`);
}

/** A text between quotes may hold all but its own kind of quote, and no line breaks: xl's grammar knows no escapes that it also undoes. */
function quote(text: string): string {
  if (!/^[\x20-\x7e]*$/.test(text) || text.includes('\\')) throw refusal(text);
  if (!text.includes('"')) return `"${text}"`;
  if (!text.includes("'")) return `'${text}'`;
  throw refusal(text);
}

function word(text: string): string {
  if (/^[a-zA-Z0-9_.:-]+$/.test(text)) return text;
  throw refusal(text);
}

const refusal = (text: string) =>
  new AppError(
    'invalid',
    `This cannot be written into the configuration of a domain: ${JSON.stringify(text)}`,
  );
