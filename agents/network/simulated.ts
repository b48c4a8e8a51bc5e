// NICs that only keep count. Bridges are a fixed list, so that an unknown one is refused as on a real node.
import { AppError } from '@/contract/errors';
import type { NicMode } from '@/contract/schemas/instance';
import type { Faults } from '../simulated-faults';
import type { Network } from './network';

export type SimulatedNetwork = Network & {
  /** Interfaces that exist now; for tests that nothing is left over. */
  plugged(): string[];
};

export type SimulatedNetworkRequest = { mode: NicMode; links: string[]; faults: Faults };

export function createSimulatedNetwork({ mode, links, faults }: SimulatedNetworkRequest): SimulatedNetwork {
  const plugged = new Set<string>();
  const ifnameOf = (nicId: string) => `sim${nicId.replaceAll('-', '').slice(0, 10)}`;
  return {
    mode,
    plug: async (_, { id, index, mac, link }, { queues = 1 } = {}) => {
      await faults.pass('network.plug');
      if (mode === 'bridged' && !links.includes(link ?? ''))
        throw new AppError('not_found', `the node has no bridge ${link ?? ''}`);
      const ifname = ifnameOf(id);
      plugged.add(ifname);
      return mode === 'user'
        ? { id, index, mac, netdev: { type: 'user' } }
        : { id, index, mac, netdev: { type: 'tap', ifname, queues } };
    },
    unplug: async (_, { id }) => {
      await faults.pass('network.unplug');
      plugged.delete(ifnameOf(id));
    },
    links: async () => (mode === 'bridged' ? links : []),
    plugged: () => [...plugged],
  };
}
