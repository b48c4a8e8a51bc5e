// What a cluster sets for its instances: parameters for those of each hypervisor, and how all of them move.
import { z } from 'zod';
import { HypervisorKind } from '../hypervisor-kind';
import { defaultMigrationLimits, type HvParam, HvParamsOverride, MigrationLimits } from './hv-params';

/** How many sockets and cores there are follows from an instance's own CPUs; what lies in its drive is changed while it runs, for it alone. */
const Inherited = HvParamsOverride.omit({ cpuSockets: true, cpuCores: true, cpuThreads: true, cdrom: true });
export const inheritedNames: readonly HvParam[] = Inherited.keyof().options;

export const ClusterHvParams = z.strictObject({
  ...MigrationLimits.partial().shape,
  /** What instances of a hypervisor have where neither they nor their OS set something else. */
  kinds: z.partialRecord(HypervisorKind, Inherited),
});
export type ClusterHvParams = z.infer<typeof ClusterHvParams>;

/** As it is stored; of a new cluster nothing is. */
export const KeptClusterHvParams = ClusterHvParams.extend({ kinds: ClusterHvParams.shape.kinds.default({}) });

export function resolveMigrationLimits(cluster: ClusterHvParams): MigrationLimits {
  const { migrationBandwidthMiBs, migrationDowntimeMs } = { ...defaultMigrationLimits, ...cluster };
  return { migrationBandwidthMiBs, migrationDowntimeMs };
}
