// CORRAL_TRUST_PROXY: which proxies are believed when they say where a request came from. Read by the start and by the control plane.
import { z } from 'zod';

/** Stands for every loopback address. */
export const thisMachine = 'this machine';

/** `0`: none. `1`: those on this machine. Else the addresses of proxies, with commas between. */
export const TrustedProxies = z.string().transform((text, context): string[] => {
  if (text === '0') return [];
  if (text === '1') return [thisMachine];
  const addresses = text.split(',').map((address) => address.trim());
  if (addresses.every((address) => Address.safeParse(address).success)) return addresses;
  context.addIssue('Neither 0 nor 1 nor addresses with commas between');
  return z.NEVER;
});
export type TrustedProxies = z.output<typeof TrustedProxies>;

const Address = z.union([z.ipv4(), z.ipv6()]);

/** The web server speaks no TLS: a public https address proves that a proxy is in front, and whom to believe has to be said. */
export const proxyIsUnknown =
  'CORRAL_URL is https, so a proxy is in front: set CORRAL_TRUST_PROXY to 1 if it runs on this machine, to its address if not, or to 0 to believe none';
