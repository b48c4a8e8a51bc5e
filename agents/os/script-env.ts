// The environment of OS scripts, by the names of Ganeti's OS interface. Pure; nothing of the agent's own environment is in it.
import type { InstanceAbout, InstanceDefinition } from '@/contract/agent-calls';
import type { KvmParams } from '@/contract/schemas/hv-params';
import { fullScriptName, type ScriptChoice } from '@/contract/schemas/os-script';
import type { ScriptDefinition } from './script-definition';

export type ScriptEnv = Record<string, string>;

export type InstanceEnvRequest = {
  script: ScriptDefinition;
  choice: ScriptChoice;
  definition: InstanceDefinition;
  about: InstanceAbout;
  /** Device or file of each disk, in the order of their indexes. */
  diskPaths: readonly string[];
};

/** Of a script that asks about no instance: `verify`. */
export function buildOsEnv(script: ScriptDefinition, choice: ScriptChoice): ScriptEnv {
  const params = script.apiVersion < 20 ? [] : Object.entries(choice.params);
  return {
    PATH: '/sbin:/bin:/usr/sbin:/usr/bin',
    OS_API_VERSION: String(script.apiVersion),
    OS_NAME: script.name,
    OS_VARIANT: script.apiVersion < 15 ? '' : (choice.variant ?? ''),
    DEBUG_LEVEL: '0',
    ...Object.fromEntries(
      params.map(([name, value]) => [`OSP_${name.toUpperCase().replaceAll('-', '_')}`, value]),
    ),
  };
}

export function buildInstanceEnv(request: InstanceEnvRequest): ScriptEnv {
  const { script, choice, definition, about } = request;
  const { id, name, hypervisor, vcpus, memoryMiB, minMemoryMiB = memoryMiB, hvParams } = definition;
  const backend = { vcpus, maxmem: memoryMiB, minmem: minMemoryMiB, memory: memoryMiB };
  return {
    ...buildOsEnv(script, choice),
    INSTANCE_NAME: name,
    INSTANCE_OS: fullScriptName(choice),
    INSTANCE_UUID: id,
    INSTANCE_CTIME: toSeconds(about.createdAt),
    INSTANCE_MTIME: toSeconds(about.changedAt),
    INSTANCE_PRIMARY_NODE: about.primaryNode,
    INSTANCE_SECONDARY_NODES: about.secondaryNodes.join(' '),
    HYPERVISOR: hypervisor === 'simulated' ? 'fake' : hypervisor,
    ...buildDisks(request),
    ...buildNics(definition),
    ...prefixed('INSTANCE_BE_', backend),
    ...prefixed('INSTANCE_HV_', toGanetiParams(hvParams)),
  };
}

function buildDisks({ definition, diskPaths }: InstanceEnvRequest): ScriptEnv {
  const disks = definition.disks.toSorted((a, b) => a.index - b.index);
  const env = disks.map(({ id, index, sizeMiB, spec }, position) => ({
    [`DISK_${index}_PATH`]: diskPaths[position] ?? '',
    [`DISK_${index}_SIZE`]: String(sizeMiB),
    [`DISK_${index}_ACCESS`]: 'rw',
    [`DISK_${index}_UUID`]: id,
    [`DISK_${index}_NAME`]: '',
    // Only of disks that a hypervisor reaches without a device of the node.
    [`DISK_${index}_URI`]: '',
    [`DISK_${index}_FRONTEND_TYPE`]: frontendOf(definition.hvParams.diskBus),
    [`DISK_${index}_BACKEND_TYPE`]: spec.template === 'file' ? 'file:loop' : 'block',
  }));
  return Object.assign({ DISK_COUNT: String(disks.length) }, ...env);
}

function buildNics({ nics, hvParams }: InstanceDefinition): ScriptEnv {
  const env = nics.map(({ id, index, mode, link, mac }) => ({
    [`NIC_${index}_MAC`]: mac,
    [`NIC_${index}_UUID`]: id,
    [`NIC_${index}_NAME`]: '',
    [`NIC_${index}_MODE`]: mode,
    [`NIC_${index}_FRONTEND_TYPE`]: frontendOf(hvParams.nicModel),
    ...(link !== null && { [`NIC_${index}_LINK`]: link }),
    ...(link !== null && mode === 'bridged' && { [`NIC_${index}_BRIDGE`]: link }),
  }));
  return Object.assign({ NIC_COUNT: String(nics.length) }, ...env);
}

/** Ganeti's names of what a machine is made of. */
export function toGanetiParams(params: KvmParams): Record<string, string | number | boolean> {
  return {
    kernel_path: params.kernelPath ?? '',
    initrd_path: params.initrdPath ?? '',
    kernel_args: params.kernelArgs,
    root_path: params.rootPath,
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

const frontendOf = (model: string) => (model === 'virtio' ? 'paravirtual' : model);

function prefixed(prefix: string, values: Record<string, string | number | boolean>): ScriptEnv {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, say(value)]));
}

/** Booleans as Python writes them: scripts compare with `True`. */
function say(value: string | number | boolean): string {
  if (typeof value !== 'boolean') return String(value);
  return value ? 'True' : 'False';
}

function toSeconds(at: string): string {
  return String(Math.floor(Date.parse(at) / 1000));
}
