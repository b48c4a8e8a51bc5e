// Sides of mirrors that a node has lost, such as when its machine was installed anew, and how they are made again.
import { z } from 'zod';
import { Ref } from './common';

/** `mode`: which side is made anew from the other one; null: nothing can be done, and `whyNot` says why. */
export const LostMirrorsRow = z.object({
  instance: Ref,
  mode: z.enum(['primary', 'secondary']).nullable(),
  whyNot: z.string().nullable(),
});
export type LostMirrorsRow = z.infer<typeof LostMirrorsRow>;
export const LostMirrors = z.object({ rows: z.array(LostMirrorsRow) });
export type LostMirrors = z.infer<typeof LostMirrors>;
