// What an instance is made of by Ganeti's names, as scripts of both sides are told it.
import type { HvParams } from './schemas/hv-params';

/** Ganeti's names of what a machine is made of. */
export function toGanetiParams(params: HvParams): Record<string, string | number | boolean> {
  return {
    kernel_path: params.kernelPath ?? '',
    initrd_path: params.initrdPath ?? '',
    kernel_args: params.kernelArgs,
    root_path: params.rootPath ?? '',
    serial_console: params.serialConsole,
    boot_order: params.bootOrder === 'auto' ? 'disk' : params.bootOrder,
    cdrom_image_path: params.cdrom ?? '',
    disk_type: frontendOf(params.diskBus),
    nic_type: frontendOf(params.nicModel),
    disk_cache: params.diskCache,
    disk_aio: params.diskAio,
    disk_discard: params.diskDiscard,
    cpu_type: params.cpuType === 'auto' ? '' : params.cpuType,
    cpu_sockets: params.cpuSockets,
    cpu_cores: params.cpuCores,
    cpu_threads: params.cpuThreads,
    machine_version: params.machine,
    vga: params.vga,
    keymap: params.keymap ?? '',
    use_localtime: params.useLocaltime,
    reboot_behavior: params.rebootBehavior,
    user_shutdown: params.userShutdown,
    vhost_net: params.vhostNet,
    virtio_net_queues: params.nicQueues,
    mem_path: params.memPath ?? '',
    usb_mouse: params.usbTablet ? 'tablet' : '',
    acpi: true,
  };
}

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
