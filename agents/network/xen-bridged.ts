// NICs in a bridge of a node that runs Xen, which makes the interface of each itself as the domain is built.
import { createIp, type Ip } from '../tools/ip/ip';
import { requireBridge } from './bridged';
import type { Network } from './network';

export function createXenBridgedNetwork(ip: Ip = createIp()): Network {
  return {
    mode: 'bridged',
    async plug(_instanceId, nic) {
      const { id, index, mac } = nic;
      const bridge = requireBridge(await ip.listBridges(), nic);
      return { id, index, mac, netdev: { type: 'bridge', bridge } };
    },
    async unplug() {},
    links: () => ip.listBridges(),
  };
}
