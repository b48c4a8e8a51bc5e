// What the edit sheet holds, and the difference to the instance, which is all that is asked for.
import { type ParamTexts, toOverride, toTexts } from '@/components/machine/param-fields';
import type { Instance, NicCreate } from '@/contract/schemas/instance';
import type { InstanceModifyInput } from '@/contract/schemas/instance-actions';
import type { HvParam } from '@/contract/schemas/hv-params';
import { limits, MemoryMiB, Vcpus } from '@/contract/units';

/** Sizes are NaN while what is typed is none. `runtimeMemoryMiB` null: it is not changed at once. */
export type ModifyValues = {
  vcpus: number;
  memoryMiB: number;
  minMemoryMiB: number;
  runtimeMemoryMiB: number | null;
  removeNicIds: string[];
  addNics: NicCreate[];
  hvParams: ParamTexts;
};

export function valuesOf({ vcpus, memoryMiB, minMemoryMiB, hvParams }: Instance): ModifyValues {
  return {
    ...{ vcpus, memoryMiB, minMemoryMiB: minMemoryMiB ?? memoryMiB, runtimeMemoryMiB: null },
    ...{ removeNicIds: [], addNics: [], hvParams: toTexts(hvParams) },
  };
}

export type Wrong = HvParam | 'vcpus' | 'memoryMiB' | 'minMemoryMiB';
type Wish = { wish: InstanceModifyInput; wrong: [] } | { wish: null; wrong: Wrong[] };

/** An empty wish where nothing is different. */
export function toWish(values: ModifyValues, instance: Instance): Wish {
  const { vcpus, memoryMiB, minMemoryMiB, runtimeMemoryMiB, removeNicIds, addNics } = values;
  const params = toOverride(values.hvParams);
  const wrong: Wrong[] = [
    ...(Vcpus.safeParse(vcpus).success ? [] : ['vcpus' as const]),
    ...(MemoryMiB.safeParse(memoryMiB).success ? [] : ['memoryMiB' as const]),
    ...(minMemoryMiB >= limits.memoryMiB.min && minMemoryMiB <= memoryMiB ? [] : ['minMemoryMiB' as const]),
    ...params.wrong,
  ];
  if (wrong.length > 0 || params.override === null) return { wish: null, wrong };
  const least = minMemoryMiB === memoryMiB ? null : minMemoryMiB;
  const isSame = JSON.stringify(toTexts(params.override)) === JSON.stringify(toTexts(instance.hvParams));
  return {
    wish: {
      ...(vcpus !== instance.vcpus && { vcpus }),
      ...(memoryMiB !== instance.memoryMiB && { memoryMiB }),
      ...(least !== instance.minMemoryMiB && { minMemoryMiB: least }),
      ...(runtimeMemoryMiB !== null && { runtimeMemoryMiB }),
      ...(!isSame && { hvParams: params.override }),
      ...(addNics.length > 0 && { addNics }),
      ...(removeNicIds.length > 0 && { removeNicIds }),
    },
    wrong: [],
  };
}

/** Between what the guest can be given at once; null where it does not run, or there is nothing between. */
export function runtimeRange(
  { operState, memoryMiB, pending }: Pick<Instance, 'operState' | 'memoryMiB' | 'pending'>,
  values: Pick<ModifyValues, 'minMemoryMiB' | 'memoryMiB'>,
): { min: number; max: number } | null {
  if (operState !== 'running' && operState !== 'paused') return null;
  const started = pending.find(({ what }) => what === 'memoryMiB')?.running;
  const max = Math.min(values.memoryMiB, typeof started === 'number' ? started : memoryMiB);
  return values.minMemoryMiB < max ? { min: values.minMemoryMiB, max } : null;
}
