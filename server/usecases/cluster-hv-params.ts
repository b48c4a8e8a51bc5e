// Changing what a cluster's instances inherit for their machines.
import { fieldMessages } from '@/contract/field-messages';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { type ClusterHvParams, KeptClusterHvParams } from '@/contract/schemas/cluster-hv-params';
import { foreignParams, resolveHvParams } from '@/contract/schemas/hv-kinds';
import { contradictionsIn, type HvParams, type HvParamsOverride } from '@/contract/schemas/hv-params';
import type { Tx } from '../db/client';
import { hvParamColumns, resolvedParams } from '../db/hv-params';
import { keepMachines } from '../db/keep-machines';
import { invalidField } from './invalid-field';

type Change = { id: string; stored: unknown; wanted: ClusterHvParams };
type Kinds = ClusterHvParams['kinds'];

const mostNames = 3;

/** Before it is written: refuses what machines could not have, and keeps for pages what running ones have. Answers whom it concerns. */
export async function prepareHvParams(
  tx: Tx,
  { id: clusterId, stored, wanted }: Change,
): Promise<{ id: string; ownerId: string | null }[]> {
  const before = KeptClusterHvParams.parse(stored).kinds;
  const kinds = HypervisorKind.options.filter(
    (kind) => JSON.stringify(before[kind] ?? {}) !== JSON.stringify(wanted.kinds[kind] ?? {}),
  );
  if (kinds.length === 0) return [];
  for (const kind of kinds) requireSense(kind, wanted.kinds[kind] ?? {});
  const affected = await keepMachines(tx, { clusterId, kinds });
  await requireBuildable(tx, { clusterId, kinds, wanted: wanted.kinds });
  return affected;
}

const pathOf = (kind: HypervisorKind, param: string) => ['hvParams', 'kinds', kind, param];

function requireSense(kind: HypervisorKind, override: HvParamsOverride): void {
  const [foreign] = foreignParams(kind, override);
  if (foreign) throw invalidField(pathOf(kind, foreign), fieldMessages.foreignParam);
  const params = resolveHvParams(kind, { cluster: override, instance: {} });
  const [found] = contradictionsIn(params, { vcpus: 1, disks: 0, isMirrored: false });
  if (found) throw invalidField(pathOf(kind, found.param), found.words);
}

type Instances = { clusterId: string; kinds: HypervisorKind[]; wanted: Kinds };

/** What the instances that are there could not be built with at their next start. What was so before is not held against it. */
async function requireBuildable(tx: Tx, { clusterId, kinds, wanted }: Instances): Promise<void> {
  const rows = await tx.instance.findMany({
    where: { clusterId, hypervisor: { in: kinds } },
    select: {
      ...{ name: true, vcpus: true, diskTemplate: true, disks: { select: { mode: true } } },
      ...hvParamColumns,
    },
    orderBy: { name: 'asc' },
  });
  const found = rows.flatMap((row) => {
    const kind = HypervisorKind.parse(row.hypervisor);
    const after = resolvedParams({ ...row, cluster: { hvParams: { kinds: wanted } } });
    const known = contradictionsOf(row, resolvedParams(row)).map(({ param }) => param);
    return contradictionsOf(row, after)
      .filter(({ param }) => !known.includes(param))
      .map((one) => ({ ...one, kind, name: row.name }));
  });
  const [first] = found;
  if (!first) return;
  const names = found
    .filter(({ kind, words }) => kind === first.kind && words === first.words)
    .map(({ name }) => name);
  const listed = names.slice(0, mostNames).join(', ');
  const more = names.length > mostNames ? ` and ${names.length - mostNames} more` : '';
  throw invalidField(pathOf(first.kind, first.param), `${listed}${more}: ${first.words}`);
}

type Row = { vcpus: number; diskTemplate: string; disks: { mode: string }[] };

function contradictionsOf(
  { vcpus, diskTemplate, disks }: Row,
  params: HvParams,
): ReturnType<typeof contradictionsIn> {
  const isMirrored = diskTemplate === 'drbd';
  const found = contradictionsIn(params, { vcpus, disks: disks.length, isMirrored });
  const hasReadOnly = disks.some(({ mode }) => mode === 'ro');
  if (params.diskBus !== 'ide' || !hasReadOnly) return found;
  return [...found, { param: 'diskBus', words: fieldMessages.ideReadOnly }];
}
