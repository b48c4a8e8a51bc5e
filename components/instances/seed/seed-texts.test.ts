import { expect, it } from 'vitest';
import { noTexts, seedOf, textsOf, wrongWith } from './seed-texts';

const key = `ssh-ed25519 ${'A'.repeat(68)} alice@home`;

it('shows a seed as texts, and makes it of them again', () => {
  const seed = { sshKeys: [key, key], userData: '#cloud-config\n' };
  expect(seedOf(textsOf(seed))).toEqual(seed);
  expect(textsOf(null)).toEqual(noTexts);
});

it('says what is wrong with which text', () => {
  expect(wrongWith({ sshKeys: `${key}\n\n`, userData: '' })).toEqual({});
  expect(wrongWith({ sshKeys: 'no key', userData: 'nothing' })).toEqual({
    sshKeys: expect.stringContaining('public SSH keys'),
    userData: expect.stringContaining('#cloud-config'),
  });
});
