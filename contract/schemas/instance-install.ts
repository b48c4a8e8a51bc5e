// Giving an instance that is there another OS or another name.
import { z } from 'zod';
import { InstanceName } from '../names';
import { OsChoice } from './instance';

/**
 * Installs over what is on the first disk. `eraseDisks`: all disks are made anew before, so that nothing of them is left; otherwise the others
 * are kept as they are, and with an ISO file or none so is the first.
 */
export const InstanceReinstall = z.object({
  os: OsChoice,
  eraseDisks: z.boolean().default(false),
  /** Must equal the instance's name: typed by the one whose data this costs. */
  confirmName: z.string().max(128),
});
export type InstanceReinstall = z.infer<typeof InstanceReinstall>;

export const InstanceRename = z.object({ name: InstanceName });
export type InstanceRename = z.infer<typeof InstanceRename>;
