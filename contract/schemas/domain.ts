// Machines that run on a node beside its instances: somebody made them there by hand, and an operator may take one over.
import { z } from 'zod';
import { HypervisorKind } from '../hypervisor-kind';
import { Id, InstanceName } from '../names';
import { AdoptedVolume, DiskMode } from './disk';
import { HvParamsOverride } from './hv-params';

const Told = z.string().max(256);
const parts = 100;

/** `index`: the place whose disk Corral would call `vdev`, too; null where there is none. `volume`: what `path` is, where that is a whole logical volume. */
export const ForeignDisk = z.object({
  index: z.number().int().min(0).nullable(),
  vdev: Told,
  path: z.string().max(4_096),
  volume: AdoptedVolume.nullable(),
  sizeMiB: z.number().int().nullable(),
  mode: DiskMode,
});
export type ForeignDisk = z.infer<typeof ForeignDisk>;

/** `bridge` null: it is in none. */
export const ForeignNic = z.object({ mac: Told, bridge: Told.nullable() });

/**
 * `id` is what its hypervisor tells it apart by, and the id of the instance that it becomes. `hvParams` build the same machine again at its next
 * start. `problem`: why it cannot be taken over, in words.
 */
export const ForeignDomain = z.object({
  id: Told,
  name: Told,
  hypervisor: HypervisorKind,
  state: z.enum(['running', 'paused', 'ended']),
  vcpus: z.number().int(),
  memoryMiB: z.number().int(),
  disks: z.array(ForeignDisk).max(parts),
  nics: z.array(ForeignNic).max(parts),
  hvParams: HvParamsOverride,
  problem: z.string().max(16_000).nullable(),
});
export type ForeignDomain = z.infer<typeof ForeignDomain>;
export const ForeignDomains = z.array(ForeignDomain).max(1_000);

export const DomainTakeOver = z.object({
  name: InstanceName,
  /** Absent: who asks. */
  ownerId: Id.optional(),
  exceedQuota: z.boolean().default(false),
});
export type DomainTakeOver = z.infer<typeof DomainTakeOver>;
export type DomainTakeOverInput = z.input<typeof DomainTakeOver>;
