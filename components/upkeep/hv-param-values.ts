// What a cluster sets for machines as its form holds it: texts, where an empty one is inherited.
import { z } from 'zod';
import { type ParamTexts, toOverride, toTexts } from '@/components/machine/param-fields';
import { HypervisorKind } from '@/contract/hypervisor-kind';
import { ClusterHvParams } from '@/contract/schemas/cluster-hv-params';
import { MigrationLimits } from '@/contract/schemas/hv-params';

export const limitNames = MigrationLimits.keyof().options;
type Limit = keyof MigrationLimits;

export type HvParamValues = {
  hvParams: Record<Limit, string> & { kinds: Record<HypervisorKind, ParamTexts> };
};

export function toValues({ kinds, ...limits }: ClusterHvParams): HvParamValues {
  const texts = HypervisorKind.options.map((kind) => [kind, toTexts(kinds[kind] ?? {})] as const);
  return {
    hvParams: {
      migrationBandwidthMiBs: String(limits.migrationBandwidthMiBs ?? ''),
      migrationDowntimeMs: String(limits.migrationDowntimeMs ?? ''),
      kinds: Object.fromEntries(texts) as Record<HypervisorKind, ParamTexts>,
    },
  };
}

export type Wrong = { limits: Limit[]; kinds: { kind: HypervisorKind; names: string[] }[] };
type Asked = { hvParams: ClusterHvParams; wrong: null } | { hvParams: null; wrong: Wrong };

/** Or what is no value of its parameter. */
export function toClusterParams({ hvParams: { kinds, ...texts } }: HvParamValues): Asked {
  const limits = limitNames
    .filter((name) => texts[name].trim() !== '')
    .map((name) => ({ name, value: MigrationLimits.shape[name].safeParse(Number(texts[name])).data }));
  const params = HypervisorKind.options.map((kind) => ({ kind, ...toOverride(kinds[kind]) }));
  const wrong: Wrong = {
    limits: limits.filter(({ value }) => value === undefined).map(({ name }) => name),
    kinds: params.filter((one) => one.wrong.length > 0).map((one) => ({ kind: one.kind, names: one.wrong })),
  };
  if (wrong.limits.length > 0 || wrong.kinds.length > 0) return { hvParams: null, wrong };
  const set = params.flatMap(({ kind, override }) =>
    override && Object.keys(override).length > 0 ? [[kind, override] as const] : [],
  );
  const hvParams = ClusterHvParams.parse({
    ...Object.fromEntries(limits.map(({ name, value }) => [name, value])),
    kinds: Object.fromEntries(set),
  });
  return { hvParams, wrong: null };
}

const Issue = z.object({
  path: z.tuple([z.literal('hvParams'), z.literal('kinds'), HypervisorKind], z.unknown()),
});
const Refusal = z.object({ details: z.object({ issues: z.tuple([Issue], z.unknown()) }) });

/** Of which hypervisor the parameter is that the server refused; null: it refused something else. */
export function refusedKind(error: unknown): HypervisorKind | null {
  return Refusal.safeParse(error).data?.details.issues[0].path[2] ?? null;
}
