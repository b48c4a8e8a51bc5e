// DRBD, for mirrored disks: the kernel's module, how it is set up, and the programs that speak with it.
import { readFile } from 'node:fs/promises';
import type { NodeCheck } from '@/contract/schemas/node';
import { ask, missing, ok, warn } from './check';

/** `version` is null where the kernel has no such module. Of a module that is not loaded, parameters are what it would be loaded with. */
export type DrbdReading = {
  version: string | null;
  isLoaded: boolean;
  minorCount: number | null;
  usermodeHelper: string | null;
  hasPrograms: boolean;
};

const moduleFolder = '/sys/module/drbd';
/** What the module takes where nobody says otherwise. */
const defaults = { minorCount: 32, usermodeHelper: '/sbin/drbdadm' };
const enoughMinors = 128;
const quietHelpers = ['/bin/true', 'disabled'];
const modprobeFile = '/etc/modprobe.d/corral-drbd.conf';

export async function readDrbd(): Promise<DrbdReading> {
  const hasPrograms = (await ask(['drbdadm', '--version'])) !== null;
  const loaded = await readIf(`${moduleFolder}/version`);
  if (loaded !== null) {
    const [minors, helper] = await Promise.all(
      ['minor_count', 'usermode_helper'].map((name) => readIf(`${moduleFolder}/parameters/${name}`)),
    );
    const minorCount = minors === null || minors === undefined ? null : Number(minors);
    return { version: loaded, isLoaded: true, minorCount, usermodeHelper: helper ?? null, hasPrograms };
  }
  const version = (await ask(['modinfo', '-F', 'version', 'drbd']))?.trim() || null;
  const options = version === null ? '' : ((await ask(['modprobe', '--showconfig'])) ?? '');
  return { version, isLoaded: false, ...parseModuleOptions(options), hasPrograms };
}

/** The options of drbd in what `modprobe --showconfig` prints. */
export function parseModuleOptions(text: string): Pick<DrbdReading, 'minorCount' | 'usermodeHelper'> {
  const options = [...text.matchAll(/^options drbd (.*)$/gm)].map(([, words]) => words).join(' ');
  const valueOf = (name: string) => new RegExp(`(?:^|\\s)${name}=(\\S+)`).exec(options)?.[1];
  const minors = valueOf('minor_count');
  return {
    minorCount: minors === undefined ? null : Number(minors),
    usermodeHelper: valueOf('usermode_helper') ?? null,
  };
}

export function judgeDrbd(drbd: DrbdReading): NodeCheck[] {
  const { version, isLoaded } = drbd;
  if (version === null)
    return [
      warn(
        'drbd',
        'The kernel has no DRBD module: the node can hold no mirrored disks.',
        "Boot one of Debian's kernels (linux-image-amd64), which have it.",
      ),
    ];
  const words = `DRBD ${version} ${isLoaded ? 'is loaded' : 'can be loaded'}`;
  const known = /^(8\.4|9)\./.test(version)
    ? ok('drbd', `${words}.`)
    : warn('drbd', `${words}, but only 8.4 and 9 are known to work.`, 'Install a kernel with DRBD 8.4 or 9.');
  return [{ ...known, version }, judgePrograms(drbd), judgeMinors(drbd), judgeHelper(drbd)];
}

function judgePrograms({ hasPrograms }: DrbdReading): NodeCheck {
  if (hasPrograms) return ok('drbd-programs', 'The programs of DRBD are installed.');
  return warn(
    'drbd-programs',
    'The programs of DRBD are not installed: the node can hold no mirrored disks.',
    'apt-get install drbd-utils',
  );
}

const mendModule = `Write "options drbd minor_count=${enoughMinors} usermode_helper=/bin/true" into ${modprobeFile}, and load the module anew (modprobe -r drbd, modprobe drbd) or reboot.`;

function judgeMinors({ minorCount }: DrbdReading): NodeCheck {
  const minors = minorCount ?? defaults.minorCount;
  if (minors >= enoughMinors) return ok('drbd-minors', `DRBD has room for ${minors} mirrored disks.`);
  return warn('drbd-minors', `DRBD has room for only ${minors} mirrored disks.`, mendModule);
}

function judgeHelper({ usermodeHelper }: DrbdReading): NodeCheck {
  const helper = usermodeHelper ?? defaults.usermodeHelper;
  if (quietHelpers.includes(helper)) return ok('drbd-helper', 'DRBD calls no helper program.');
  return missing(
    'drbd-helper',
    `DRBD calls ${helper} at every change, which knows nothing of our mirrors: they would lose their connection.`,
    mendModule,
  );
}

const readIf = (file: string) =>
  readFile(file, 'utf8').then(
    (text) => text.trim(),
    () => null,
  );
