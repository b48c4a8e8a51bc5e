// What an agent sees of one instance.
import { z } from 'zod';
import { Id } from './names';
import { Timestamp } from './schemas/common';
import { sayLimits } from './schemas/node';
import { OperState } from './states';

/**
 * `detail`: last words where it ended by itself. `memoryMiB`: what the guest has now, while it runs. `migration`: `sending` while it moves
 * away; `sent` once all of it has, when it stands still here and must not go on unless the other side is gone; `receiving` while it arrives,
 * until that is finished: then `operState` is `absent` still, as it does not run here.
 */
export const ObservedInstance = z.object({
  id: Id,
  name: z.string().max(sayLimits.name),
  operState: OperState,
  since: Timestamp,
  detail: z.string().max(sayLimits.words).nullable(),
  accelerator: z.enum(['kvm', 'tcg', 'xen', 'simulated']).nullable(),
  memoryMiB: z.number().int().nullable().default(null),
  migration: z.enum(['sending', 'sent', 'receiving']).nullable().default(null),
});
export type ObservedInstance = z.infer<typeof ObservedInstance>;
