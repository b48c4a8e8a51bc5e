import { expect, it } from 'vitest';
import { thisMachine, TrustedProxies } from './trusted-proxies';

it('names nobody, this machine, or addresses', () => {
  expect(TrustedProxies.parse('0')).toEqual([]);
  expect(TrustedProxies.parse('1')).toEqual([thisMachine]);
  expect(TrustedProxies.parse('192.0.2.1, 2001:db8::1')).toEqual(['192.0.2.1', '2001:db8::1']);
  for (const wrong of ['', 'yes', 'true', '2', 'proxy.test', '192.0.2.1,', '192.0.2.0/24', thisMachine])
    expect(TrustedProxies.safeParse(wrong).success).toBe(false);
});
