// Commands and files that operators bring to nodes. Each node decides by a file of its own whether it takes them.
import { z } from 'zod';
import { Id } from '../names';

/** Only where this file is there does a node take commands and files: whoever holds the console alone cannot make it. */
export const allowCommandsFile = '/etc/corral/allow-commands';

export const NodeCommand = z.object({
  command: z.string().trim().min(1).max(8_000),
  timeoutS: z.number().int().min(1).max(3_600).default(60),
});
export type NodeCommand = z.infer<typeof NodeCommand>;

export const FilePath = z
  .string()
  .max(1_000)
  .regex(/^(\/[^/\p{C}]+)+$/u, 'An absolute path.')
  .refine((path) => !path.split('/').some((part) => part === '.' || part === '..'), 'An absolute path.');
/** Octal, such as 0644. */
export const FileMode = z.string().regex(/^0[0-7]{3}$/, 'Four octal digits, such as 0644.');
export const FileContent = z.string().max(64 * 1024);

export const NodeFile = z.object({ path: FilePath, mode: FileMode.default('0644'), content: FileContent });
export type NodeFile = z.infer<typeof NodeFile>;

const Targets = z.array(Id).min(1).max(1_000);
export const NodeCommandRun = z.object({ nodeIds: Targets, ...NodeCommand.shape });
export type NodeCommandRun = z.infer<typeof NodeCommandRun>;
export const NodeFilePut = z.object({ nodeIds: Targets, ...NodeFile.shape });
export type NodeFilePut = z.infer<typeof NodeFilePut>;
