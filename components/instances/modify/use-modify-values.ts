import { type UseFormReturn, useWatch } from 'react-hook-form';
import type { ModifyValues } from './modify-values';

/** As they are now, and again whenever one changes. */
export function useModifyValues({ control }: UseFormReturn<ModifyValues>): ModifyValues {
  const names = [
    ...(['vcpus', 'memoryMiB', 'minMemoryMiB', 'runtimeMemoryMiB'] as const),
    ...(['removeNicIds', 'addNics', 'hvParams'] as const),
  ] as const;
  const [vcpus, memoryMiB, minMemoryMiB, runtimeMemoryMiB, removeNicIds, addNics, hvParams] = useWatch({
    control,
    name: names,
  });
  return { vcpus, memoryMiB, minMemoryMiB, runtimeMemoryMiB, removeNicIds, addNics, hvParams };
}
