// Where a request came from. The web entry point knows the socket and stamps the address on the request; whatever a client sent under that name
// is overwritten. `x-forwarded-for` is believed only where CORRAL_TRUST_PROXY says that a proxy of ours wrote its last entry.
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export const remoteAddressHeader = 'x-corral-remote-address';

/** Called by the web entry point for every request and upgrade, before anybody else reads it. */
export function stampRemoteAddress(request: IncomingMessage, { trustProxy }: { trustProxy: boolean }): void {
  const forwarded = trustProxy ? lastForwarded(request.headers['x-forwarded-for']) : null;
  const address = forwarded ?? normalize(request.socket.remoteAddress ?? '');
  if (address) request.headers[remoteAddressHeader] = address;
  else delete request.headers[remoteAddressHeader];
}

export function readRemoteAddress(headers: Headers): string | null {
  return normalize(headers.get(remoteAddressHeader) ?? '');
}

function lastForwarded(header: string | string[] | undefined): string | null {
  const entries = [header ?? []].flat().join(',').split(',');
  return normalize(entries.at(-1)?.trim() ?? '');
}

function normalize(address: string): string | null {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  return isIP(plain) ? plain : null;
}
