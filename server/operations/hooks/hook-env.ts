// What hook scripts are told, by Ganeti's names without the prefix `GANETI_`. Pure.
import { toGanetiParams, toVariables } from '@/contract/ganeti-params';
import type { HookEnv } from '@/contract/hooks';
import { fullScriptName } from '@/contract/schemas/os-script';
import { resolvedParams } from '../../db/hv-params';
import type { PlacedInstance } from '../placed-instance';

export function toInstanceEnv(instance: PlacedInstance): HookEnv {
  const { name, vcpus, memoryMiB, minMemoryMiB, diskTemplate, hypervisor, node, secondary, os } = instance;
  const min = minMemoryMiB ?? memoryMiB;
  return {
    INSTANCE_NAME: name,
    INSTANCE_PRIMARY: node?.name ?? '',
    INSTANCE_SECONDARIES: secondary?.name ?? '',
    INSTANCE_OS_TYPE: os.kind === 'script' ? fullScriptName(os) : os.kind,
    INSTANCE_STATUS: instance.adminState,
    INSTANCE_MINMEM: String(min),
    INSTANCE_MAXMEM: String(memoryMiB),
    INSTANCE_MEMORY: String(memoryMiB),
    INSTANCE_VCPUS: String(vcpus),
    INSTANCE_DISK_TEMPLATE: diskTemplate,
    INSTANCE_HYPERVISOR: hypervisor === 'simulated' ? 'fake' : hypervisor,
    INSTANCE_TAGS: '',
    ...toVariables('INSTANCE_BE_', { vcpus, minmem: min, maxmem: memoryMiB, memory: memoryMiB }),
    ...toVariables('INSTANCE_HV_', toGanetiParams(hypervisor, resolvedParams(instance))),
    ...toNics(instance),
    ...toDisks(instance),
  };
}

function toNics({ nics }: PlacedInstance): HookEnv {
  const env = nics.map(({ id, index, mode, link, mac }) => ({
    [`INSTANCE_NIC${index}_MAC`]: mac,
    [`INSTANCE_NIC${index}_UUID`]: id,
    [`INSTANCE_NIC${index}_NAME`]: '',
    [`INSTANCE_NIC${index}_IP`]: '',
    [`INSTANCE_NIC${index}_MODE`]: mode,
    [`INSTANCE_NIC${index}_LINK`]: link ?? '',
    ...(mode === 'bridged' && link !== null && { [`INSTANCE_NIC${index}_BRIDGE`]: link }),
  }));
  return Object.assign({ INSTANCE_NIC_COUNT: String(nics.length) }, ...env);
}

function toDisks({ disks, diskTemplate }: PlacedInstance): HookEnv {
  const env = disks.map(({ id, index, sizeMiB, vg, name, mode }) => ({
    [`INSTANCE_DISK${index}_NAME`]: name ?? '',
    [`INSTANCE_DISK${index}_UUID`]: id,
    [`INSTANCE_DISK${index}_SIZE`]: String(sizeMiB),
    [`INSTANCE_DISK${index}_MODE`]: mode,
    [`INSTANCE_DISK${index}_DEV_TYPE`]: diskTemplate,
    ...(vg !== null && { [`INSTANCE_DISK${index}_VG`]: vg }),
  }));
  return Object.assign({ INSTANCE_DISK_COUNT: String(disks.length) }, ...env);
}

type NodeRow = { name: string; address: string; state: string; drained: boolean };

export function toNodeEnv({ name, address, state, drained }: NodeRow): HookEnv {
  const say = (flag: boolean) => (flag ? 'True' : 'False');
  const host = address.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
  return {
    NODE_NAME: name,
    NODE_PIP: host,
    NODE_SIP: host,
    MASTER_CANDIDATE: 'False',
    MASTER_CAPABLE: 'False',
    VM_CAPABLE: 'True',
    OFFLINE: say(state === 'offline'),
    DRAINED: say(drained),
  };
}
