// Changing what a cluster's instances inherit for their machines.
import { fieldMessages } from '@/contract/field-messages';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { ClusterHvParams } from '@/contract/schemas/cluster-hv-params';
import { foreignParams, resolveHvParams } from '@/contract/schemas/hv-kinds';
import { contradictionsIn, type HvParamsOverride } from '@/contract/schemas/hv-params';
import type { Tx } from '../db/client';
import { keepMachines } from '../db/keep-machines';
import { invalidField } from './invalid-field';

type Change = { id: string; stored: unknown; wanted: ClusterHvParams };

/** Before it is written: refuses what no machine could have, and keeps for pages what running ones have. Answers whom it concerns. */
export async function prepareHvParams(
  tx: Tx,
  { id, stored, wanted }: Change,
): Promise<{ id: string; ownerId: string | null }[]> {
  const before = ClusterHvParams.parse(stored).kinds;
  const kinds = HypervisorKind.options.filter(
    (kind) => JSON.stringify(before[kind] ?? {}) !== JSON.stringify(wanted.kinds[kind] ?? {}),
  );
  for (const kind of kinds) requireSense(kind, wanted.kinds[kind] ?? {});
  return kinds.length === 0 ? [] : keepMachines(tx, { clusterId: id, kinds });
}

function requireSense(kind: HypervisorKind, override: HvParamsOverride): void {
  const path = (param: string) => ['hvParams', 'kinds', kind, param];
  const [foreign] = foreignParams(kind, override);
  if (foreign) throw invalidField(path(foreign), fieldMessages.foreignParam);
  const params = resolveHvParams(kind, { cluster: override, instance: {} });
  const [found] = contradictionsIn(params, { vcpus: 1, disks: 0, isMirrored: false });
  if (found) throw invalidField(path(found.param), found.words);
}
