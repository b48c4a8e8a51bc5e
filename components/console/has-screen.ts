import { resolveHvParams } from '@/contract/schemas/hv-kinds';
import type { Instance } from '@/contract/schemas/instance';

type Screened = Pick<Instance, 'hypervisor' | 'hvParams' | 'inheritedHvParams' | 'pending'>;

/** Of the machine as it runs; of one that does not, as it would. */
export function hasScreen({ hypervisor, hvParams, inheritedHvParams, pending }: Screened): boolean {
  const running = pending.find(({ what }) => what === 'screen')?.running;
  if (typeof running === 'boolean') return running;
  return resolveHvParams(hypervisor, { cluster: inheritedHvParams, instance: hvParams }).screen;
}
