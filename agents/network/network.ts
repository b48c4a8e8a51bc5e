// What every NIC mode does: make the back end of a virtual interface before the start, take it away after the stop.
// Laws: idempotent; after `unplug` no interface is left on the node, also when `plug` died half-way.
import type { InstanceDefinition } from '@/contract/agent-calls';
import type { NicMode } from '@/contract/schemas/instance';
import type { PluggedNic } from '../hypervisors/hypervisor';

export type NicDefinition = InstanceDefinition['nics'][number];

export type Network = {
  readonly mode: NicMode;
  /** `queues`: how many of its CPUs' queues the guest may use at once, where the mode has such. */
  plug(instanceId: string, nic: NicDefinition, options?: { queues?: number }): Promise<PluggedNic>;
  unplug(instanceId: string, nic: NicDefinition): Promise<void>;
  /** Names of links an operator may choose (bridges); empty where there is nothing to choose. */
  links(): Promise<string[]>;
};
