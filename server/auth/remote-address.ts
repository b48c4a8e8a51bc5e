// Where a request came from. The web entry point knows the socket and stamps the address on the request; whatever a client sent under that name
// is overwritten. `x-forwarded-for` is believed only where one of the proxies that CORRAL_TRUST_PROXY names wrote its last entry.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { thisMachine, type TrustedProxies } from '@/contract/trusted-proxies';

export const remoteAddressHeader = 'x-corral-remote-address';

/** Called by the web entry point for every request and upgrade, before anybody else reads it. */
export function stampRemoteAddress(request: IncomingMessage, proxies: TrustedProxies): void {
  const peer = normalize(request.socket.remoteAddress ?? '');
  const forwarded =
    peer && isTrusted(peer, proxies) ? lastForwarded(request.headers['x-forwarded-for']) : null;
  const address = forwarded ?? peer;
  if (address) request.headers[remoteAddressHeader] = address;
  else delete request.headers[remoteAddressHeader];
}

export function readRemoteAddress(headers: Headers): string | null {
  return normalize(headers.get(remoteAddressHeader) ?? '');
}

/** Who is counted together: an IPv4 address, or the /64 of an IPv6 address, of which one customer of a provider has all. */
export function networkOf(address: string | null): string {
  const plain = normalize(address ?? '');
  if (!plain) return 'unknown';
  return isIP(plain) === 4 ? plain : `${groupsOf(plain).slice(0, 4).join(':')}::/64`;
}

function isTrusted(peer: string, proxies: TrustedProxies): boolean {
  return proxies.some((proxy) =>
    proxy === thisMachine ? peer === '::1' || /^127\./.test(peer) : normalize(proxy) === peer,
  );
}

function lastForwarded(header: string | string[] | undefined): string | null {
  const entries = [header ?? []].flat().join(',').split(',');
  return normalize(entries.at(-1)?.trim() ?? '');
}

/** One spelling for an address; IPv4 that is written as IPv6 is IPv4. */
function normalize(address: string): string | null {
  const [plain = ''] = address.split('%');
  if (isIP(plain) !== 6) return isIP(plain) === 4 ? plain : null;
  const short = new URL(`http://[${plain}]`).hostname.slice(1, -1);
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(short) ?? [];
  if (!high || !low) return short;
  const [a, b] = [parseInt(high, 16), parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join('.');
}

function groupsOf(address: string): string[] {
  const [start = [], end = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const zeros = Array.from({ length: 8 - start.length - end.length }, () => '0');
  return [...start, ...zeros, ...end];
}
