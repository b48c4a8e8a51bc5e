// What an instance is made of by Ganeti's names, as scripts of both sides are told it.
import { type HypervisorKind, isParavirtual, isXen } from './hypervisor-kind';
import type { HvParams } from './schemas/hv-params';

type GanetiParams = Record<string, string | number | boolean>;

/** Ganeti's names of what a machine is made of, as far as its hypervisor knows such a thing. */
export function toGanetiParams(hypervisor: HypervisorKind, params: HvParams): GanetiParams {
  const common = {
    kernel_path: params.kernelPath ?? '',
    initrd_path: params.initrdPath ?? '',
    kernel_args: params.kernelArgs,
    root_path: params.rootPath ?? '',
    reboot_behavior: params.rebootBehavior,
    user_shutdown: params.userShutdown,
  };
  if (!isXen(hypervisor)) return { ...common, ...emulatedOf(params), ...kvmOf(params) };
  if (isParavirtual(hypervisor)) return { ...common, ...xenOf(params), ...bootloaderOf(params) };
  const more = { pae: params.pae, acpi: params.acpi, viridian: params.viridian };
  return { ...common, ...xenOf(params), ...emulatedOf(params), ...more };
}

/** Of what looks like a PC. */
const emulatedOf = (params: HvParams) => ({
  serial_console: params.serialConsole,
  boot_order: params.bootOrder === 'auto' ? 'disk' : params.bootOrder,
  cdrom_image_path: params.cdrom ?? '',
  disk_type: frontendOf(params.diskBus),
  nic_type: frontendOf(params.nicModel),
  vga: params.vga,
  keymap: params.keymap ?? '',
  use_localtime: params.useLocaltime,
  usb_mouse: params.usbTablet ? 'tablet' : '',
});

const kvmOf = (params: HvParams) => ({
  disk_cache: params.diskCache,
  disk_aio: params.diskAio,
  disk_discard: params.diskDiscard,
  cpu_type: params.cpuType === 'auto' ? '' : params.cpuType,
  cpu_sockets: params.cpuSockets,
  cpu_cores: params.cpuCores,
  cpu_threads: params.cpuThreads,
  machine_version: params.machine,
  vhost_net: params.vhostNet,
  virtio_net_queues: params.nicQueues,
  mem_path: params.memPath ?? '',
  acpi: true,
});

const xenOf = (params: HvParams) => ({
  blockdev_prefix: params.blockdevPrefix,
  cpu_mask: params.cpuMask,
  cpu_cap: params.cpuCap,
  cpu_weight: params.cpuWeight,
});

/** Ganeti has either a kernel of the node or a boot loader. */
const bootloaderOf = (params: HvParams) => ({
  use_bootloader: params.kernelPath === null,
  bootloader_path: params.kernelPath === null ? params.bootloader : '',
  bootloader_args: params.bootloaderArgs,
});

/** A device model by Ganeti's name. */
export const frontendOf = (model: string) => (model === 'virtio' ? 'paravirtual' : model);

/** Values as environment variables, their names with a prefix. */
export function toVariables(
  prefix: string,
  values: Record<string, string | number | boolean>,
): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, say(value)]));
}

/** Booleans as Python writes them: scripts compare with `True`. */
function say(value: string | number | boolean): string {
  if (typeof value !== 'boolean') return String(value);
  return value ? 'True' : 'False';
}
