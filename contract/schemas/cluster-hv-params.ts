// What a cluster sets for its instances: parameters for those of each hypervisor, and how all of them move.
import { z } from 'zod';
import { HypervisorKind } from '../hypervisor-kind';
import { defaultMigrationLimits, type HvParam, HvParamsOverride, MigrationLimits } from './hv-params';

/** How many sockets and cores there are follows from an instance's own CPUs. */
const Inherited = HvParamsOverride.omit({ cpuSockets: true, cpuCores: true, cpuThreads: true });
export const inheritedNames: readonly HvParam[] = Inherited.keyof().options;

export const ClusterHvParams = z.strictObject({
  ...MigrationLimits.partial().shape,
  /** What instances of a hypervisor have where neither they nor their OS set something else. */
  kinds: z.partialRecord(HypervisorKind, Inherited).default({}),
});
export type ClusterHvParams = z.infer<typeof ClusterHvParams>;

export function resolveMigrationLimits(cluster: ClusterHvParams): MigrationLimits {
  const { migrationBandwidthMiBs, migrationDowntimeMs } = { ...defaultMigrationLimits, ...cluster };
  return { migrationBandwidthMiBs, migrationDowntimeMs };
}
