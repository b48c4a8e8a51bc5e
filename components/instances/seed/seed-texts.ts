import { Seed, toSshKeys } from '@/contract/schemas/seed';
import type { SeedTexts } from './SeedFields';

export const noTexts: SeedTexts = { sshKeys: '', userData: '' };

export function textsOf(seed: Seed | null): SeedTexts {
  return seed ? { sshKeys: seed.sshKeys.join('\n'), userData: seed.userData } : noTexts;
}

/** Not checked yet. */
export function seedOf({ sshKeys, userData }: SeedTexts) {
  return { sshKeys: toSshKeys(sshKeys), userData };
}

/** What is wrong with each text; nothing where they are as they should be. */
export function wrongWith(texts: SeedTexts): { sshKeys?: string; userData?: string } {
  const issues = Seed.safeParse(seedOf(texts)).error?.issues ?? [];
  const messageOf = (name: string) => issues.find(({ path }) => path[0] === name)?.message;
  return { sshKeys: messageOf('sshKeys'), userData: messageOf('userData') };
}
