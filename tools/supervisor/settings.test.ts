import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeTestFolder } from '../testing/test-folder';
import { readOrCreateSecret, readSettings } from './settings';

let folder: string;

const settings = () => readSettings(folder, { NODE_ENV: 'test', CORRAL_DATA: folder });

beforeEach(() => {
  folder = makeTestFolder();
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the secret of an installation', () => {
  it('is made once, for our eyes only', () => {
    const secret = readOrCreateSecret(settings());
    expect(secret).toMatch(/^[0-9a-f]{64}$/);
    expect(readOrCreateSecret(settings())).toBe(secret);
    expect(readdirSync(folder)).toEqual(['secret']);
    expect(statSync(path.join(folder, 'secret')).mode & 0o777).toBe(0o600);
  });

  it.each(['', '\n', 'half of i'])('is neither used nor replaced when its file holds "%s"', (text) => {
    const file = path.join(folder, 'secret');
    writeFileSync(file, text);
    expect(() => readOrCreateSecret(settings())).toThrow(
      `The secret in ${file} is shorter than 32 characters. Put the right one back, or set CORRAL_SECRET`,
    );
    expect(readFileSync(file, 'utf8')).toBe(text);
  });
});

describe('the proxies that are believed', () => {
  const read = (variables: Record<string, string>) =>
    readSettings(folder, { NODE_ENV: 'test', CORRAL_DATA: folder, ...variables });

  it('have to be named, or none, where one must be in front', () => {
    const CORRAL_URL = 'https://corral.test';
    const asks = /^CORRAL_URL is https, .*: set CORRAL_TRUST_PROXY to 1 /;
    expect(() => read({ CORRAL_URL })).toThrow(asks);
    expect(() => read({ CORRAL_URL, CORRAL_TRUST_PROXY: '' })).toThrow(asks);
    for (const CORRAL_TRUST_PROXY of ['0', '1', '192.0.2.1,2001:db8::1'])
      expect(read({ CORRAL_URL, CORRAL_TRUST_PROXY }).url).toBe(CORRAL_URL);
    expect(read({ CORRAL_URL: 'http://corral.test' }).url).toBe('http://corral.test');
  });

  it('are one clear line when they are wrong', () => {
    expect(() => read({ CORRAL_TRUST_PROXY: 'yes' })).toThrow(
      'CORRAL_TRUST_PROXY is neither 0 nor 1 nor addresses of proxies with commas between: "yes"',
    );
  });
});
