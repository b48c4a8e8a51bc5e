// Whether this machine runs the nodes with its own hardware virtualization.
import { openSync, closeSync, readFileSync } from 'node:fs';

export type Accelerator = 'kvm' | 'tcg';

/** KVM needs both: a processor that has it, and a device that we may open. */
export function chooseAccelerator(): Accelerator {
  return hasVirtualization(readFileSync('/proc/cpuinfo', 'utf8')) && opensKvm() ? 'kvm' : 'tcg';
}

export function hasVirtualization(cpuinfo: string): boolean {
  return /^flags\s*:.*\b(vmx|svm)\b/m.test(cpuinfo);
}

function opensKvm(): boolean {
  try {
    closeSync(openSync('/dev/kvm', 'r+'));
    return true;
  } catch {
    return false;
  }
}
