import { expect, it } from 'vitest';
import { readRunOptions, UsageError } from './command-line';

const base = ['run', '--data', '/var/lib/corral', '--listen', '127.0.0.1:4400', '--name', 'node1'];
const url = 'http://console.test';

it('takes the join token out of the environment', () => {
  const env = { CORRAL_JOIN_TOKEN: 'secret', PATH: '/bin' };
  expect(readRunOptions([...base, '--url', url], env).join).toEqual({ token: 'secret', url });
  expect(env).toEqual({ PATH: '/bin' });
});

it('takes it from its arguments, too, and then rather', () => {
  const env = { CORRAL_JOIN_TOKEN: 'old' };
  expect(readRunOptions([...base, '--join', 'new', '--url', url], env).join).toEqual({ token: 'new', url });
  expect(env).toEqual({});
});

it('does without where the node has joined', () => {
  expect(readRunOptions([...base, '--url', url], { CORRAL_JOIN_TOKEN: '' }).join).toBeNull();
  expect(readRunOptions(base, {}).join).toBeNull();
});

it('wants to know whose token it is', () => {
  expect(() => readRunOptions(base, { CORRAL_JOIN_TOKEN: 'secret' })).toThrow(UsageError);
  expect(() => readRunOptions([...base, '--join', 'secret'], {})).toThrow('--url');
});

it('takes an empty option for one that is not given, as a unit passes them on', () => {
  const given = readRunOptions([...base, '--url', '', '--advertise', '', '--replication-address', ''], {});
  expect(given).toMatchObject({ url: null, join: null, advertise: null, replicationAddress: null });
});

it('wants an IP address to replicate over', () => {
  const read = (address: string) => readRunOptions([...base, '--replication-address', address], {});
  expect(read('fd00::2').replicationAddress).toBe('fd00::2');
  expect(() => read('node2')).toThrow('--replication-address node2 is not an IP address');
});
