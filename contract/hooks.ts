// Hooks: scripts of a node's administrator that run before and after operations, by Ganeti's conventions.
import { z } from 'zod';

/** Before anything is done, when a script may still refuse; after it succeeded, when a failure is only told. */
export const HookPhase = z.enum(['pre', 'post']);
export type HookPhase = z.infer<typeof HookPhase>;

/** The name of the hook's folders, without phase: `instance-start`. */
export const HookName = z
  .string()
  .max(64)
  .regex(/^[a-z]+(?:-[a-z]+)*$/, 'Not the name of a hook.');

const VariableName = z
  .string()
  .max(128)
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'Not the name of a variable.');
// The kernel takes no NUL, and no more than 128 KiB in one.
const VariableValue = z
  .string()
  .max(32_000)
  .regex(/^[^\0]*$/);
export const HookEnv = z
  .record(VariableName, VariableValue)
  .refine((env) => Object.keys(env).length <= 2_000, 'At most 2000 variables.');
export type HookEnv = z.infer<typeof HookEnv>;

/** What became of one script. `skipped`: it cannot be run, or its turn did not come; `output`: the end of what it said. */
export const HookResult = z.object({
  script: z.string().max(512),
  status: z.enum(['ran', 'failed', 'skipped']),
  exitCode: z.number().int().nullable(),
  output: z.string().max(16_000),
});
export type HookResult = z.infer<typeof HookResult>;

/** As node facts name a hook that has at least one script. */
export const hookKey = (name: string, phase: HookPhase) => `${name}-${phase}`;
