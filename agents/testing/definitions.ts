// Definitions of instances for tests.
import { randomUUID } from 'node:crypto';
import type { InstanceDefinition } from '@/contract/agent-calls';
import { defaultHvParams } from '@/contract/schemas/hv-params';

/** A small simulated instance with one disk and one NIC. */
export function defineSimulated(name: string, changes: Partial<InstanceDefinition> = {}): InstanceDefinition {
  return {
    id: randomUUID(),
    name,
    hypervisor: 'simulated',
    os: { kind: 'tiny' },
    vcpus: 1,
    memoryMiB: 128,
    hvParams: defaultHvParams,
    diskTemplate: 'simulated',
    disks: [{ id: randomUUID(), index: 0, sizeMiB: 64, spec: { template: 'simulated' } }],
    nics: [{ id: randomUUID(), index: 0, mode: 'user', link: null, mac: '02:00:00:00:00:01' }],
    ...changes,
  };
}
