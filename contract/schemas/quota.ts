// Quotas: per owner and cluster; every field on its own inherits, is a number, or is unlimited. 0 means none.
import { z } from 'zod';
import { Ref } from './common';

export const quotaResources = ['instances', 'vcpus', 'memoryMiB', 'diskMiB'] as const;
export const QuotaResource = z.enum(quotaResources);
export type QuotaResource = z.infer<typeof QuotaResource>;

/** Amounts of each resource: what something costs, or what is used. */
export type Amounts = Record<QuotaResource, number>;

const amount = z.number().int().min(0).max(1_000_000_000);

/** A limit: null is unlimited. */
export const Limits = z.object({
  instances: amount.nullable(),
  vcpus: amount.nullable(),
  memoryMiB: amount.nullable(),
  diskMiB: amount.nullable(),
});
export type Limits = z.infer<typeof Limits>;

export const noneAllowed: Limits = { instances: 0, vcpus: 0, memoryMiB: 0, diskMiB: 0 };

const override = z.union([z.literal('inherit'), z.literal('unlimited'), amount]);
export const QuotaOverride = z.object({
  instances: override,
  vcpus: override,
  memoryMiB: override,
  diskMiB: override,
});
export type QuotaOverride = z.infer<typeof QuotaOverride>;

export const inheritAll: QuotaOverride = {
  instances: 'inherit',
  vcpus: 'inherit',
  memoryMiB: 'inherit',
  diskMiB: 'inherit',
};

/** Whether memory and vCPUs count for running instances only, or for all. Disk and instances always count for all. */
export const QuotaPolicy = z.enum(['all', 'running']);
export type QuotaPolicy = z.infer<typeof QuotaPolicy>;

const Line = z.object({ used: z.number(), reserved: z.number(), limit: z.number().nullable() });
export type QuotaLine = z.infer<typeof Line>;

/** Use and limits of one owner on one cluster. */
export const Quota = z.object({
  owner: Ref,
  cluster: Ref,
  policy: QuotaPolicy,
  override: QuotaOverride,
  resources: z.object({ instances: Line, vcpus: Line, memoryMiB: Line, diskMiB: Line }),
});
export type Quota = z.infer<typeof Quota>;

/** `details` of a `no_resources` refusal: one row for each resource that was exceeded. */
export const QuotaExcess = z.object({
  resource: QuotaResource,
  limit: z.number(),
  used: z.number(),
  asked: z.number(),
  fits: z.number(),
});
export type QuotaExcess = z.infer<typeof QuotaExcess>;
