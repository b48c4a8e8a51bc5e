import { expect, it } from 'vitest';
import {
  chooseReplicationAddress,
  findReplicationAddress,
  parseDefaultInterface,
} from './replication-address';

const routes = `Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
wlan0	00000000	010200C0	0003	0	0	600	00000000	0	0	0
eth0	00000000	010200C0	0003	0	0	100	00000000	0	0	0
eth0	000200C0	00000000	0001	0	0	0	00FFFFFF	0	0	0
`;
const addresses = {
  eth0: ['192.0.2.5'],
  br0: ['10.77.0.2', 'fd00::2'],
  br1: ['10.78.0.2'],
  docker0: ['172.17.0.1'],
};

it('is the one that was chosen', async () => {
  expect(await findReplicationAddress('10.1.2.3', ['br0'])).toBe('10.1.2.3');
});

it('is that of the bridge that leads to the rest of the world', () => {
  const bridges = ['br0', 'br1', 'docker0'];
  expect(chooseReplicationAddress({ addresses, bridges, defaultInterface: 'br1' })).toBe('10.78.0.2');
});

it('is that of the first bridge with an address, not of one that is for containers', () => {
  const bridges = ['bare0', 'docker0', 'br0'];
  expect(chooseReplicationAddress({ addresses, bridges, defaultInterface: 'eth0' })).toBe('10.77.0.2');
});

it('is that of the default route where there is no bridge, and none where there is nothing', () => {
  expect(chooseReplicationAddress({ addresses, bridges: [], defaultInterface: 'eth0' })).toBe('192.0.2.5');
  expect(chooseReplicationAddress({ addresses, bridges: ['docker0'], defaultInterface: null })).toBeNull();
});

it('finds the default route with the lowest metric', () => {
  expect(parseDefaultInterface(routes)).toBe('eth0');
  expect(parseDefaultInterface(routes.split('\n').slice(0, 1).join('\n'))).toBeNull();
  expect(parseDefaultInterface('')).toBeNull();
});
