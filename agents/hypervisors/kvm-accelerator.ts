// Which accelerator new instances start with: KVM only where the CPU offers it and /dev/kvm opens, else software emulation.
import { constants } from 'node:fs';
import { access, open, readFile } from 'node:fs/promises';
import type { Accelerator, AcceleratorSetting } from '@/contract/schemas/node';

export type KvmAbility = { cpuinfo: string; device: 'opens' | 'missing' | 'refused' };

/** Decides in plain words. /dev/kvm alone proves nothing: it also opens where a nested guest then hangs, so the CPU's flag must stand, too. */
export function decideAccelerator(
  setting: AcceleratorSetting,
  ability: KvmAbility,
): Accelerator & { used: 'kvm' | 'tcg' } {
  const obstacle = obstacleOf(ability);
  if (setting === 'tcg') return { setting, used: 'tcg', reason: 'Software emulation is set for this node.' };
  if (obstacle === null)
    return { setting, used: 'kvm', reason: 'The CPU offers hardware virtualization and /dev/kvm opens.' };
  if (setting === 'kvm')
    return {
      setting,
      used: 'tcg',
      reason: `KVM is set for this node but cannot be used, so software emulation is. ${obstacle}`,
    };
  return { setting, used: 'tcg', reason: obstacle };
}

function obstacleOf({ cpuinfo, device }: KvmAbility): string | null {
  if (!hasVirtualizationFlag(cpuinfo)) return 'The CPU has no vmx or svm flag.';
  if (device === 'missing') return 'There is no /dev/kvm: the kvm kernel module is not loaded.';
  if (device === 'refused') return '/dev/kvm does not open for the agent.';
  return null;
}

function hasVirtualizationFlag(cpuinfo: string): boolean {
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1] ?? '';
  return /(?:^|\s)(?:vmx|svm)(?=\s|$)/.test(flags);
}

export async function readKvmAbility(): Promise<KvmAbility> {
  const cpuinfo = await readFile('/proc/cpuinfo', 'utf8').catch(() => '');
  return { cpuinfo, device: await probeDevice('/dev/kvm') };
}

async function probeDevice(path: string): Promise<KvmAbility['device']> {
  try {
    await access(path, constants.F_OK);
  } catch {
    return 'missing';
  }
  try {
    await (await open(path, 'r+')).close();
    return 'opens';
  } catch {
    return 'refused';
  }
}
