// The hypervisors, by the names that Ganeti's users know. One that is simulated runs nothing.
import { z } from 'zod';

export const HypervisorKind = z.enum(['kvm', 'xen-pvm', 'xen-pvh', 'xen-hvm', 'simulated']);
export type HypervisorKind = z.infer<typeof HypervisorKind>;

/** The three ways in which Xen runs a guest. */
export const xenKinds = ['xen-pvm', 'xen-pvh', 'xen-hvm'] as const satisfies HypervisorKind[];
export type XenKind = (typeof xenKinds)[number];

export function isXen(kind: HypervisorKind): kind is XenKind {
  return xenKinds.some((xen) => xen === kind);
}

/** Such a guest has no firmware and no serial port of a PC: a kernel is started at once, and its console is Xen's (hvc0). */
export function isParavirtual(kind: HypervisorKind): boolean {
  return kind === 'xen-pvm' || kind === 'xen-pvh';
}

/** What Linux calls the serial line that is read here. */
export function serialDeviceOf(kind: HypervisorKind): 'hvc0' | 'ttyS0' {
  return isParavirtual(kind) ? 'hvc0' : 'ttyS0';
}
