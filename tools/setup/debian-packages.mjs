// Debian packages that Corral's programs call. Missing ones are installed by root; others are told the command.
import { existsSync, readdirSync } from 'node:fs';
import { SetupError, step } from './report.mjs';
import { mustRun, runCommand } from './run-command.mjs';

/** For instances on this machine: QEMU, what copies disks and reads images, what makes file systems, and what connects bridged NICs. */
export const nodePackages = ['qemu-system-x86', 'qemu-utils', 'e2fsprogs', 'iproute2'];
/** For virtual machines that are nodes: what makes their image, and how they reach the console. */
export const labPackages = ['qemu-system-x86', 'e2fsprogs', 'debootstrap', 'cpio', 'socat'];
/** A browser, and who reads our archives besides the kernel. */
export const testPackages = ['chromium', 'cpio'];

const installArguments = ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120'];

/** @param {string[]} wanted */
export async function ensureDebianPackages(wanted) {
  if (!existsSync('/usr/bin/dpkg-query')) {
    console.log(`Not a Debian system: please see to it that these are installed: ${wanted.join(', ')}`);
    return;
  }
  const missing = await findMissing(wanted);
  if (missing.length === 0) return;
  const command = `apt-get ${installArguments.slice(0, 3).join(' ')} ${missing.join(' ')}`;
  if (process.getuid?.() !== 0) {
    throw new SetupError(`Some Debian packages are missing. Install them with:\n  sudo ${command}`);
  }
  await step(`Installing Debian packages: ${missing.join(', ')}`, () => install(missing));
}

/** @param {string[]} wanted */
export async function findMissing(wanted) {
  const { output } = await runCommand('dpkg-query', [
    '-W',
    '-f',
    '${Package} ${db:Status-Status}\\n',
    ...wanted,
  ]);
  const installed = new Set(output.split('\n').flatMap((line) => /^(\S+) installed$/.exec(line)?.[1] ?? []));
  return wanted.filter((name) => !installed.has(name));
}

/** Lists that are missing or too old to resolve are fetched first; that is slow, so not every time. */
async function install(missing) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  if (hasPackageLists()) {
    const { exitCode } = await runCommand('apt-get', [...installArguments, ...missing], { env });
    if (exitCode === 0) return;
  }
  await mustRun('apt-get', ['update'], { env });
  await mustRun('apt-get', [...installArguments, ...missing], { env });
}

function hasPackageLists() {
  const folder = '/var/lib/apt/lists';
  return existsSync(folder) && readdirSync(folder).some((name) => /_Packages(\.\w+)?$/.test(name));
}
