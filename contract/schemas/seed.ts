// What a guest with cloud-init is told at its first start: its name, who may sign in, and what it is to do.
import { z } from 'zod';
import { fieldMessages } from '../field-messages';

export const seedLimits = { userDataBytes: 16 * 1024, sshKeys: 20 } as const;

/** `#cloud-config`, `#!/bin/sh`, `#include`, a MIME message …: cloud-init tells by the first line what it is. */
const knownStart = /^(#|Content-Type:|MIME-Version:|From )/i;
const withoutControls = /^[^\p{Cc}\p{Cs}]*$/u;

export const UserData = z
  .string()
  .refine((text) => text === '' || knownStart.test(text), fieldMessages.userDataForm)
  .refine((text) => withoutControls.test(text.replaceAll(/[\t\n\r]/g, '')), fieldMessages.userDataForm)
  .refine(
    (text) => new TextEncoder().encode(text).length <= seedLimits.userDataBytes,
    fieldMessages.userDataTooLong,
  );

/** One line of an `authorized_keys` file, without options. */
export const SshKey = z
  .string()
  .trim()
  .max(4_096, fieldMessages.sshKeyForm)
  .regex(
    /^(ssh-(rsa|ed25519)|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{32,}={0,3}( [^\p{C}]*)?$/u,
    fieldMessages.sshKeyForm,
  );

export const Seed = z.object({
  userData: UserData.default(''),
  sshKeys: z.array(SshKey).max(seedLimits.sshKeys, fieldMessages.sshKeysTooMany).default([]),
});
export type Seed = z.infer<typeof Seed>;

/** null: the instance has none, and nothing of it lies in its CD drive. */
export const SeedSet = z.object({ seed: Seed.nullable() });
export type SeedSet = z.infer<typeof SeedSet>;

/** One key on each line; empty lines do not count. */
export function toSshKeys(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
