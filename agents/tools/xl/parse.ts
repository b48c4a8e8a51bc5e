// What `xl` prints, read. Its tables have no machine format with a state in it (`xl list -l` has none), so they are taken apart by their forms.
import { AppError } from '@/contract/errors';

/** Why a domain ended by itself, as Xen's interface numbers it. */
export type ShutdownReason = 'poweroff' | 'reboot' | 'suspend' | 'crash' | 'other';

export type Domain = {
  name: string;
  domid: number;
  uuid: string;
  memoryMiB: number;
  vcpus: number;
  isPaused: boolean;
  isShutdown: boolean;
  /** Xen is still taking it apart. */
  isDying: boolean;
  /** null while it runs. */
  reason: ShutdownReason | null;
};

const reasons: Record<string, ShutdownReason> = {
  '0': 'poweroff',
  '1': 'reboot',
  '2': 'suspend',
  '3': 'crash',
};

const domainLine =
  /^(?<name>\S.*?)\s+(?<domid>\d+)\s+(?<memory>\d+)\s+(?<vcpus>\d+)\s+(?<state>[rbpscdwS-]{6,8})\s+[\d.]+\s+(?<uuid>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s+(?<reason>\S+)/;

/** Of `xl list -v`, the first domain (the node itself) among them. A line that is none of a domain is left out. */
export function parseDomains(output: string): Domain[] {
  return output.split('\n').flatMap((line) => {
    const {
      name,
      domid,
      memory,
      vcpus,
      state = '',
      uuid,
      reason = '-',
    } = domainLine.exec(line)?.groups ?? {};
    if (name === undefined || uuid === undefined) return [];
    const isShutdown = state.includes('s');
    return [
      {
        ...{ name, uuid, domid: Number(domid), memoryMiB: Number(memory), vcpus: Number(vcpus) },
        ...{ isPaused: state.includes('p'), isShutdown, isDying: state.includes('d') },
        reason: isShutdown ? (reasons[reason] ?? 'other') : null,
      },
    ];
  });
}

export type XenInfo = {
  version: string;
  totalMiB: number;
  freeMiB: number;
  cpus: number;
  scheduler: string;
  /** `pv`, `hvm`, `hap`, … */
  capabilities: string[];
  /** What Xen itself was booted with. */
  commandLine: string;
};

/** Of `xl info`; null where it is none. */
export function parseInfo(output: string): XenInfo | null {
  const values = new Map(
    output.split('\n').flatMap((line): [string, string][] => {
      const at = line.indexOf(':');
      return at < 0 ? [] : [[line.slice(0, at).trim(), line.slice(at + 1).trim()]];
    }),
  );
  const version = values.get('xen_version');
  if (!version) return null;
  const number = (key: string) => Number(values.get(key) ?? 0) || 0;
  return {
    version,
    totalMiB: number('total_memory'),
    freeMiB: number('free_memory'),
    cpus: number('nr_cpus'),
    scheduler: values.get('xen_scheduler') ?? '',
    capabilities: (values.get('virt_caps') ?? '').split(/\s+/).filter(Boolean),
    commandLine: values.get('xen_commandline') ?? '',
  };
}

/** `number`: what Xen calls it. `isConnected`: the guest's driver and the node's have found each other. */
export type XenDevice = { number: number; isConnected: boolean; mac: string | null };

const blockLine = /^(?<number>\d+)\s+\d+\s+\d+\s+(?<state>-?\d+)\s/;
const networkLine =
  /^(?<number>\d+)\s+\d+\s+(?<mac>[0-9a-f]{2}(?::[0-9a-f]{2}){5})\s+\d+\s+(?<state>-?\d+)\s/;

/** Of `xl block-list` and `xl network-list`, whose numbers are `51712` for xvda, and indexes. */
export function parseDevices(output: string): XenDevice[] {
  return output.split('\n').flatMap((line) => {
    const { number, state, mac = null } = (networkLine.exec(line) ?? blockLine.exec(line))?.groups ?? {};
    return number === undefined ? [] : [{ number: Number(number), isConnected: state === '4', mac }];
  });
}

/** The number by which Xen knows a disk, `xvda` (xen-vbd-interface, "Encoding of the virtual disk number"). */
export function vdevNumber(vdev: string): number {
  const [, prefix = '', letter = ''] = /^(xvd|hd|sd)([a-z])$/.exec(vdev) ?? [];
  const index = letter.charCodeAt(0) - 'a'.charCodeAt(0);
  if (prefix === 'xvd') return index < 16 ? (202 << 8) | (index << 4) : (1 << 28) | (index << 8);
  if (prefix === 'sd') return (8 << 8) | (index << 4);
  if (prefix === 'hd') return ((index < 2 ? 3 : 22) << 8) | ((index & 1) << 6);
  throw new AppError('internal', `Not a disk of Xen's: ${vdev}`);
}
