// NICs without any right on the node: QEMU itself translates the guest's connections (NAT), with DHCP inside.
import type { Network } from './network';

export function createUserNetwork(): Network {
  return {
    mode: 'user',
    plug: async (_instanceId, { id, index, mac }) => ({ id, index, mac, netdev: { type: 'user' } }),
    async unplug() {},
    links: async () => [],
  };
}
