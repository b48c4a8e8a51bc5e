// Whether this machine runs Xen, as its first domain: only that one has domains of its own.
import { readFile } from 'node:fs/promises';

/** XENFEAT_dom0 of Xen's interface (public/features.h). */
const firstDomainBit = 11;

export async function runsXen(root = '/sys/hypervisor'): Promise<boolean> {
  const read = (name: string) => readFile(`${root}/${name}`, 'utf8').catch(() => '');
  const [type, features] = await Promise.all([read('type'), read('properties/features')]);
  return type.trim() === 'xen' && isFirstDomain(features);
}

/** Of the features that Linux shows in hexadecimal. */
export function isFirstDomain(features: string): boolean {
  const bits = Number.parseInt(features.trim(), 16);
  return Number.isInteger(bits) && (bits & (1 << firstDomainBit)) !== 0;
}
