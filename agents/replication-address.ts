// Where other nodes reach this one, for mirrors and migrations: an address that was chosen for it, or the most likely one.
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';

/** Global addresses of each interface, IPv4 first. */
export type Addresses = Record<string, string[]>;
export type NetworkReading = { addresses: Addresses; bridges: string[]; defaultInterface: string | null };

/** Bridges that other software makes for itself alone, with the same address on every node. */
const foreignBridge = /^(docker|virbr|lxcbr|lxdbr|br-[0-9a-f]{12}$|cni)/;

/** null where no interface has an address. */
export async function findReplicationAddress(
  chosen: string | null,
  bridges: string[],
): Promise<string | null> {
  if (chosen !== null) return chosen;
  const routes = await readFile('/proc/net/route', 'utf8').catch(() => '');
  const defaultInterface = parseDefaultInterface(routes);
  return chooseReplicationAddress({ addresses: readAddresses(), bridges, defaultInterface });
}

/** The bridge with the default route, else the first bridge, else the interface with the default route. */
export function chooseReplicationAddress(network: NetworkReading): string | null {
  const { addresses, bridges, defaultInterface } = network;
  const own = bridges.filter((bridge) => !foreignBridge.test(bridge));
  const others = defaultInterface === null ? [] : [defaultInterface];
  const order = [...own.filter((bridge) => bridge === defaultInterface), ...own, ...others];
  return order.flatMap((name) => addresses[name] ?? [])[0] ?? null;
}

/** Of /proc/net/route: the interface whose destination is everything, with the lowest metric. */
export function parseDefaultInterface(routes: string): string | null {
  const rows = routes
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/));
  const defaults = rows.filter(([, destination, , , , , , mask]) => isZero(destination) && isZero(mask));
  const [best] = defaults.toSorted((a, b) => Number(a[6]) - Number(b[6]));
  return best?.[0] ?? null;
}

const isZero = (hex: string | undefined) => hex === '00000000';

function readAddresses(): Addresses {
  return Object.fromEntries(
    Object.entries(networkInterfaces()).map(([name, found = []]) => {
      const usable = found.filter(({ internal, address }) => !internal && !/^(fe80|169\.254)/.test(address));
      const byFamily = (family: string) => usable.filter((one) => one.family === family);
      return [name, [...byFamily('IPv4'), ...byFamily('IPv6')].map(({ address }) => address)];
    }),
  );
}
