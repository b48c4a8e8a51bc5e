import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, it } from 'vitest';
import { TrustedProxies } from '@/contract/trusted-proxies';
import { networkOf, readRemoteAddress, remoteAddressHeader, stampRemoteAddress } from './remote-address';

function stamped(
  headers: Record<string, string>,
  { trust = '0', from = '::ffff:192.0.2.1' as string | null } = {},
) {
  const request = new IncomingMessage(
    Object.create(new Socket(), { remoteAddress: { value: from ?? undefined } }),
  );
  Object.assign(request.headers, headers);
  stampRemoteAddress(request, TrustedProxies.parse(trust));
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
  const proxy = { trust: '1', from: '127.0.0.1' };
  expect(stamped({ 'x-forwarded-for': '10.0.0.1, 203.0.113.9' }, proxy)).toBe('203.0.113.9');
  expect(stamped({ 'x-forwarded-for': '10.0.0.1, nonsense' }, proxy)).toBe('127.0.0.1');
  expect(stamped({}, proxy)).toBe('127.0.0.1');
});

it('is what a proxy wrote only where that proxy is trusted', () => {
  const forwarded = (trust: string, from: string) =>
    stamped({ 'x-forwarded-for': '203.0.113.9' }, { trust, from });
  for (const from of ['127.0.0.1', '127.8.9.1', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1'])
    expect(forwarded('1', from)).toBe('203.0.113.9');
  for (const from of ['192.0.2.1', '2001:db8::1', '::ffff:192.0.2.1'])
    expect(forwarded('1', from)).not.toBe('203.0.113.9');
  const two = '192.0.2.1, 2001:DB8:0::1';
  for (const from of ['192.0.2.1', '::ffff:192.0.2.1', '2001:db8::1'])
    expect(forwarded(two, from)).toBe('203.0.113.9');
  for (const from of ['127.0.0.1', '192.0.2.2', '2001:db8::2'])
    expect(forwarded(two, from)).not.toBe('203.0.113.9');
  expect(forwarded('0', '127.0.0.1')).toBe('127.0.0.1');
});

it('counts the addresses together that one visitor may have', () => {
  expect(networkOf('192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('::ffff:192.0.2.1')).toBe('192.0.2.1');
  expect(networkOf('::FFFF:c000:201')).toBe('192.0.2.1');
  expect(networkOf('2001:db8:0:7::1')).toBe('2001:db8:0:7::/64');
  expect(networkOf('2001:db8:0:7:ffff:1:2:3')).toBe('2001:db8:0:7::/64');
  expect(networkOf('2001:db8:0:8::1')).toBe('2001:db8:0:8::/64');
  expect(networkOf('fe80::1%eth0')).toBe('fe80:0:0:0::/64');
  expect(networkOf('::1')).toBe('0:0:0:0::/64');
  for (const nowhere of [null, '', 'nonsense']) expect(networkOf(nowhere)).toBe('unknown');
});
