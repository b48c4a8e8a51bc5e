// Each process reads its environment once, so each of these is a module of its own.
import { expect, it, vi } from 'vitest';

const complete = {
  DATABASE_URL: 'postgresql://db',
  CORRAL_SECRET: 'x'.repeat(32),
  CORRAL_URL: 'http://c.test',
};

async function read(variables: Record<string, string>) {
  vi.resetModules();
  Object.assign(process.env, complete, { CORRAL_TRUST_PROXY: '' }, variables);
  return (await import('./env')).env();
}

it('believes no proxy unless told', async () => {
  expect((await read({})).CORRAL_TRUST_PROXY).toEqual([]);
  expect((await read({ CORRAL_TRUST_PROXY: '192.0.2.1' })).CORRAL_TRUST_PROXY).toEqual(['192.0.2.1']);
});

it('is refused where a proxy must be in front and nobody said whether it is believed', async () => {
  const CORRAL_URL = 'https://c.test';
  await expect(read({ CORRAL_URL })).rejects.toThrow(/^CORRAL_URL is https/);
  expect((await read({ CORRAL_URL, CORRAL_TRUST_PROXY: '0' })).CORRAL_TRUST_PROXY).toEqual([]);
});

it('names what is missing or wrong', async () => {
  await expect(read({ CORRAL_SECRET: 'short', CORRAL_TRUST_PROXY: 'yes' })).rejects.toThrow(
    'Set these environment variables (npm start does): CORRAL_SECRET, CORRAL_TRUST_PROXY',
  );
});
