// What domains run with: Xen and its tools, and what would act on domains behind the agent's back.
import type { NodeCheck } from '@/contract/schemas/node';
import { hasDeviceModel } from '../hypervisors/xen';
import { type Bootloader, readBootloader } from '../hypervisors/xen-bootloader';
import { pidsOf } from '../tools/proc/programs';
import type { XenInfo } from '../tools/xl/parse';
import { readXenInfo } from '../tools/xl/xl';
import { missing, ok, warn, ask } from './check';

/** `info` null: `xl` does not answer. `commandLine` is that of Xen itself. */
export type XenReading = {
  info: XenInfo | null;
  hasModel: boolean;
  bootloader: Bootloader;
  savesDomains: boolean;
};

export async function readXen(): Promise<XenReading> {
  const [info, hasModel, bootloader, saving] = await Promise.all([
    readXenInfo(),
    hasDeviceModel(),
    readBootloader(),
    ask(['systemctl', 'is-active', 'xendomains.service']),
  ]);
  return { info, hasModel, bootloader, savesDomains: saving?.trim() === 'active' };
}

export function judgeXen({ info, hasModel, bootloader, savesDomains }: XenReading): NodeCheck[] {
  if (info === null)
    return [
      missing(
        'xen',
        'Xen runs, but xl does not answer: no instance can run.',
        'apt-get install xen-system-amd64; systemctl start xen',
      ),
    ];
  return [
    ok('xen', `Xen ${info.version} runs; it has ${info.freeMiB} MiB left for instances.`),
    judgeHardware(info),
    judgeModel(hasModel),
    judgeBootloader(bootloader),
    judgeFirstDomain(info),
    savesDomains
      ? warn(
          'xen-domains',
          'xendomains saves and starts instances with the node, whatever the console wants of them.',
          'systemctl disable --now xendomains',
        )
      : ok('xen-domains', 'Nothing but the agent starts and stops instances.'),
  ];
}

function judgeHardware({ capabilities }: XenInfo): NodeCheck {
  const code = 'xen-hardware';
  if (capabilities.includes('hvm'))
    return ok(code, 'The CPU offers Xen hardware virtualization: PVH and HVM can be used.');
  return warn(
    code,
    'The CPU offers Xen no hardware virtualization: only PV can be used, not PVH or HVM.',
    'Switch virtualization (VT-x or AMD-V) on in the firmware of the machine.',
  );
}

function judgeModel(hasModel: boolean): NodeCheck {
  const code = 'xen-qemu';
  if (hasModel) return ok(code, 'QEMU for Xen is installed: HVM and screens can be used.');
  return warn(
    code,
    'QEMU for Xen is not installed: HVM and screens of PV cannot be used.',
    'apt-get install qemu-system-xen',
  );
}

function judgeBootloader(bootloader: Bootloader): NodeCheck {
  const code = 'xen-pygrub';
  if (bootloader === 'restricted')
    return ok(code, 'Paravirtual instances can start the kernel that lies on their own disk.');
  const why =
    bootloader === 'none'
      ? 'pygrub is not installed'
      : 'pygrub of this version runs with all rights, which is not done';
  return warn(
    code,
    `${why}: paravirtual instances need a kernel of the node, or GRUB as their first kernel.`,
    'apt-get install xen-system-amd64',
  );
}

/** Without a fixed size it shrinks for guests, and then its own programs lack memory. */
function judgeFirstDomain({ commandLine }: XenInfo): NodeCheck {
  const code = 'xen-memory';
  if (/(?:^|\s)dom0_mem=\S*max:/.test(commandLine))
    return ok(code, 'The memory of the first domain is fixed.');
  return warn(
    code,
    'The memory of the first domain, which is the node itself, is not fixed: it may shrink for instances.',
    'Write GRUB_CMDLINE_XEN="dom0_mem=2048M,max:2048M" into /etc/default/grub.d/xen.cfg, then update-grub and reboot.',
  );
}

/** Nothing in Xen tells that it has died. */
export async function checkConsoles(): Promise<NodeCheck> {
  return judgeConsoles((await pidsOf('xenconsoled')).length > 0);
}

export function judgeConsoles(isRunning: boolean): NodeCheck {
  const code = 'xen-consoles';
  if (isRunning) return ok(code, 'Paravirtual instances have serial lines.');
  return missing(
    code,
    'Xen’s console program (xenconsoled) does not run: PV and PVH instances have no serial lines, and none can be started.',
    'SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/xen start',
  );
}
