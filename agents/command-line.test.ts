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
