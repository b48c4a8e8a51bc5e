import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { readRemoteAddress, remoteAddressHeader, stampRemoteAddress } from './remote-address';

function stamped(
  headers: Record<string, string>,
  { trustProxy = false, from = '::ffff:192.0.2.1' as string | null } = {},
) {
  const request = new IncomingMessage(
    Object.create(new Socket(), { remoteAddress: { value: from ?? undefined } }),
  );
  Object.assign(request.headers, headers);
  stampRemoteAddress(request, { trustProxy });
  const value = request.headers[remoteAddressHeader];
  return readRemoteAddress(new Headers(typeof value === 'string' ? { [remoteAddressHeader]: value } : {}));
}

it('is the address of the socket, whatever the client says', () => {
  expect(stamped({})).toBe('192.0.2.1');
  expect(stamped({ [remoteAddressHeader]: '10.0.0.1', 'x-forwarded-for': '10.0.0.1' })).toBe('192.0.2.1');
  expect(stamped({ [remoteAddressHeader]: '10.0.0.1' }, { from: null })).toBeNull();
  expect(stamped({}, { from: '2001:db8::1' })).toBe('2001:db8::1');
});

it('is what a trusted proxy wrote last, not what the client wrote before', () => {
  const trustProxy = true;
  expect(stamped({ 'x-forwarded-for': '10.0.0.1, 203.0.113.9' }, { trustProxy })).toBe('203.0.113.9');
  expect(stamped({ 'x-forwarded-for': '10.0.0.1, nonsense' }, { trustProxy })).toBe('192.0.2.1');
  expect(stamped({}, { trustProxy })).toBe('192.0.2.1');
});
