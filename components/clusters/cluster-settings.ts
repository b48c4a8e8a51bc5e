import { z } from 'zod';
import { BridgeName } from '@/contract/names';
import { ClusterCreate } from '@/contract/schemas/cluster';
import { QuotaOverride, QuotaPolicy } from '@/contract/schemas/quota';

/** A new cluster as its form holds it: "unlimited" is a word. */
export const NewCluster = ClusterCreate.omit({ defaultQuota: true }).extend({ limits: QuotaOverride });
export type NewCluster = z.infer<typeof NewCluster>;

/** The settings of a cluster as their form holds them: nothing is left out. */
export const ClusterSettings = NewCluster.omit({ name: true }).extend({
  bridges: z.array(BridgeName),
  userNetwork: z.boolean(),
  quotaPolicy: QuotaPolicy,
});
export type ClusterSettings = z.infer<typeof ClusterSettings>;
