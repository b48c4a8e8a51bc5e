import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { decideAccelerator, readKvmAbility } from './kvm-accelerator';

const cpuinfo = (name: string) =>
  readFile(join(import.meta.dirname, 'fixtures', `cpuinfo-${name}.txt`), 'utf8');

test.each([
  ['intel-vmx', 'opens', 'auto', 'kvm', 'The CPU offers hardware virtualization and /dev/kvm opens.'],
  ['amd-svm', 'opens', 'auto', 'kvm', 'The CPU offers hardware virtualization and /dev/kvm opens.'],
  ['amd-svm', 'opens', 'kvm', 'kvm', 'The CPU offers hardware virtualization and /dev/kvm opens.'],
  ['amd-svm', 'opens', 'tcg', 'tcg', 'Software emulation is set for this node.'],
  ['amd-svm', 'missing', 'auto', 'tcg', 'There is no /dev/kvm: the kvm kernel module is not loaded.'],
  ['intel-vmx', 'refused', 'auto', 'tcg', '/dev/kvm does not open for the agent.'],
  ['amd-guest', 'opens', 'auto', 'tcg', 'The CPU has no vmx or svm flag.'],
  [
    'amd-guest',
    'opens',
    'kvm',
    'tcg',
    'KVM is set for this node but cannot be used, so software emulation is. The CPU has no vmx or svm flag.',
  ],
  ['arm', 'opens', 'auto', 'tcg', 'The CPU has no vmx or svm flag.'],
] as const)('%s where /dev/kvm %s, set to %s: %s', async (cpu, device, setting, used, reason) => {
  const ability = { cpuinfo: await cpuinfo(cpu), device };
  expect(decideAccelerator(setting, ability)).toEqual({ setting, used, reason });
});

test('reads this machine without an error', async () => {
  expect((await readKvmAbility()).cpuinfo).not.toBe('');
});
