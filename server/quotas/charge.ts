// What an instance costs of its owner's quota. Pure: forms, acceptance and the check of the ledger all ask here.
import type { DiskTemplate } from '@/contract/schemas/disk';
import type { Amounts, QuotaPolicy } from '@/contract/schemas/quota';

export type Chargeable = {
  vcpus: number;
  memoryMiB: number;
  disksMiB: readonly number[];
  diskTemplate: DiskTemplate;
};

export const noAmounts: Amounts = { instances: 0, vcpus: 0, memoryMiB: 0, diskMiB: 0 };

/**
 * `running` is what was asked (admin state `up`), not what was observed: a machine that its guest switched off will be charged until its
 * owner stops it, because it may be started again without asking.
 */
export function chargeOf(instance: Chargeable, policy: QuotaPolicy, running: boolean): Amounts {
  const powered = policy === 'all' || running;
  return {
    instances: 1,
    vcpus: powered ? instance.vcpus : 0,
    memoryMiB: powered ? instance.memoryMiB : 0,
    diskMiB: instance.diskTemplate === 'diskless' ? 0 : sum(instance.disksMiB),
  };
}

/** The part that starting adds and stopping gives back. */
export function powerChargeOf(instance: Chargeable, policy: QuotaPolicy): Amounts {
  if (policy === 'all') return noAmounts;
  return { ...noAmounts, vcpus: instance.vcpus, memoryMiB: instance.memoryMiB };
}

function sum(sizes: readonly number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}
