// NICs in a bridge of the node: one tap interface each, named after the NIC, there only while the instance runs.
import { AppError } from '@/contract/errors';
import { BridgeName } from '@/contract/names';
import { createIp, type Ip } from '../tools/ip/ip';
import type { Network, NicDefinition } from './network';

/** `findOwner`: who may open the taps besides root. */
export function createBridgedNetwork(
  ip: Ip = createIp(),
  findOwner: () => Promise<number | null> = async () => null,
): Network {
  const removeTap = async (name: string) => {
    if (await ip.hasLink(name)) await ip.removeLink(name);
  };
  return {
    mode: 'bridged',
    async plug(_instanceId, nic, { queues = 1 } = {}) {
      const { id, index, mac } = nic;
      const bridge = requireBridge(await ip.listBridges(), nic);
      const name = tapName(id);
      // One that exists may be in use: plugging again must not cut off a running guest.
      const exists = await ip.hasLink(name);
      const make = exists ? null : { ownerUid: await findOwner(), isMultiQueue: queues > 1 };
      try {
        await ip.plugTap({ name, bridge, mac: tapMac(mac), make });
      } catch (error) {
        if (!exists) await removeTap(name);
        throw error;
      }
      return { id, index, mac, netdev: { type: 'tap', ifname: name, queues } };
    },
    unplug: (_instanceId, nic) => removeTap(tapName(nic.id)),
    links: () => ip.listBridges(),
  };
}

/** An interface name has at most 15 characters; the end of a UUID is its random part. */
export const tapName = (nicId: string) => `cr${nicId.replaceAll('-', '').slice(-12)}`;

/** High, so that the bridge, which takes the lowest address of its ports, keeps its own. */
const tapMac = (mac: string) => `fe${mac.slice(2)}`;

/** What the NIC is to be plugged into, when the node has it. */
export function requireBridge(bridges: string[], nic: NicDefinition): string {
  const link = BridgeName.safeParse(nic.link);
  if (link.success && bridges.includes(link.data)) return link.data;
  const known = bridges.length === 0 ? 'it has none' : `it has ${bridges.join(', ')}`;
  throw new AppError(
    'not_found',
    `Cannot plug NIC ${nic.index}: the node has no bridge ${nic.link}; ${known}`,
    {
      details: { link: nic.link, bridges },
    },
  );
}
