import { z } from 'zod';
import { BridgeName } from '@/contract/names';
import { ClusterCreate } from '@/contract/schemas/cluster';
import { QuotaOverride, QuotaPolicy } from '@/contract/schemas/quota';

/** The settings of a cluster as its form holds them: nothing is left out, and "unlimited" is a word. */
export const ClusterSettings = ClusterCreate.omit({ name: true }).extend({
  bridges: z.array(BridgeName),
  userNetwork: z.boolean(),
  quotaPolicy: QuotaPolicy,
  limits: QuotaOverride,
});
export type ClusterSettings = z.infer<typeof ClusterSettings>;
