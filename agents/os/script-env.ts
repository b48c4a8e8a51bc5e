// The environment of OS scripts, by the names of Ganeti's OS interface. Pure; nothing of the agent's own environment is in it.
import type { InstanceAbout, InstanceDefinition } from '@/contract/agent-calls';
import { frontendOf, toGanetiParams, toVariables } from '@/contract/ganeti-params';
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
    ...toVariables('INSTANCE_BE_', backend),
    ...toVariables('INSTANCE_HV_', toGanetiParams(hypervisor, hvParams)),
  };
}

function buildDisks({ definition, diskPaths }: InstanceEnvRequest): ScriptEnv {
  const disks = definition.disks.toSorted((a, b) => a.index - b.index);
  const env = disks.map(({ id, index, sizeMiB, spec, name, mode = 'rw' }, position) => ({
    [`DISK_${index}_PATH`]: diskPaths[position] ?? '',
    [`DISK_${index}_SIZE`]: String(sizeMiB),
    [`DISK_${index}_ACCESS`]: mode,
    [`DISK_${index}_UUID`]: id,
    [`DISK_${index}_NAME`]: name ?? '',
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

function toSeconds(at: string): string {
  return String(Math.floor(Date.parse(at) / 1000));
}
