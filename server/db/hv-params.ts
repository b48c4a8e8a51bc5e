// Parameters of hypervisors as rows keep them: what an instance sets itself, and what its cluster sets for its hypervisor.
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { KeptClusterHvParams } from '@/contract/schemas/cluster-hv-params';
import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import { type HvParams, HvParamsOverride } from '@/contract/schemas/hv-params';

/** What `inheritedParams` and `resolvedParams` need of an instance. */
export const hvParamColumns = {
  ...{ hypervisor: true, hvParams: true, cluster: { select: { hvParams: true } } },
} as const;

type Row = { hypervisor: string; hvParams: unknown; cluster: { hvParams: unknown } };

export function inheritedParams({ hypervisor, cluster }: Omit<Row, 'hvParams'>): HvParamsOverride {
  return KeptClusterHvParams.parse(cluster.hvParams).kinds[HypervisorKind.parse(hypervisor)] ?? {};
}

/** As they count for its next start; with `own` in place of what it sets itself. */
export function resolvedParams(row: Row, own = HvParamsOverride.parse(row.hvParams)): HvParams {
  return resolveHvParams(HypervisorKind.parse(row.hypervisor), {
    cluster: inheritedParams(row),
    instance: own,
  });
}
