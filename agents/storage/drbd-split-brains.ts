// Which mirrors a split brain has parted. DRBD itself forgets it at once: the kernel's log tells, until later lines push that out; from then on
// this agent remembers it, for as long as the mirror stays alone.
import type { Target } from '../tools/drbd/args';
import type { Drbd } from '../tools/drbd/drbd';
import type { DeviceState } from '../tools/drbd/states';

export function createSplitBrains(drbd: Drbd) {
  const known = new Set<string>();
  return {
    async isSplit(target: Target, { connection }: DeviceState): Promise<boolean> {
      const { resource } = target;
      if (connection !== 'standAlone') known.delete(resource);
      else if (!known.has(resource) && (await drbd.wasSplit(target))) known.add(resource);
      return known.has(resource);
    },
  };
}
export type SplitBrains = ReturnType<typeof createSplitBrains>;
