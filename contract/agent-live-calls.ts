// The calls on a running instance: pausing, changing its devices, moving it to another node while it runs.
// A migration is: `instance.machine` at the source, `instance.receive` at the target, `instance.migrate` at the source, then
// `instance.finishMigration` at the target and at the source. Until the target finishes, the guest runs nowhere but at the source: whatever
// fails before, `finishMigration` with `success: false` first at the target, then at the source, leaves it running there.
import { z } from 'zod';
import { DomainName, Id, IsoName } from './names';
import { ObservedInstance } from './observed-instance';
import { DiskMode } from './schemas/disk';
import { ForeignDomain } from './schemas/domain';
import { KeptHvParams, MigrationLimits } from './schemas/hv-params';
import { DiskMiB, limits, MemoryMiB, Vcpus } from './units';

const placeOf = (most: number) =>
  z.object({
    id: Id,
    index: z
      .number()
      .int()
      .min(0)
      .max(most - 1),
  });

/**
 * What a machine was started with, one-time overrides included, and what was plugged since: a machine that is to take over its memory must
 * be built of exactly this, whatever its definition says by now. A device's place in it follows from its index.
 */
export const RunningMachine = z.object({
  accelerator: z.enum(['kvm', 'tcg', 'xen', 'simulated']),
  vcpus: Vcpus,
  memoryMiB: MemoryMiB,
  hvParams: KeptHvParams,
  /** `mode` absent: `rw`. */
  disks: z.array(placeOf(limits.disks).extend({ mode: DiskMode.optional() })).max(limits.disks),
  nics: z.array(placeOf(limits.nics)).max(limits.nics),
});
export type RunningMachine = z.infer<typeof RunningMachine>;

/** Where a target waits, and the one-time key without which nobody is let in nor reads along. */
export const MigrationDoor = z.object({
  host: z.union([z.ipv4(), z.ipv6()]),
  port: z.number().int().min(1).max(65_535),
  key: z.string().regex(/^[0-9a-f]{64}$/),
});
export type MigrationDoor = z.infer<typeof MigrationDoor>;

/** Base64 of at most 256 KiB: the end of what the guest said on its serial line. */
const SerialHistory = z.object({
  history: z
    .string()
    .max(360_000)
    .regex(/^[A-Za-z0-9+/]*={0,2}$/),
});

/** `downtimeMs`: how long the guest stood still until all of it was there; it goes on when the target finishes. `resume`: it ran. */
export const MigrationOutcome = z.object({
  totalMs: z.number().int(),
  downtimeMs: z.number().int(),
  transferredMiB: z.number().int(),
  resume: z.boolean(),
});
export type MigrationOutcome = z.infer<typeof MigrationOutcome>;

/**
 * What this node sees of a migration. `none`: the instance runs here as usual, or not at all. `sending`, `sent` (stands still here, all of it
 * has arrived), `receiving` (`arrived`: all of it has).
 */
export const MigrationState = z.object({
  state: z.enum(['none', 'sending', 'sent', 'receiving']),
  arrived: z.boolean(),
});
export type MigrationState = z.infer<typeof MigrationState>;

const none = z.object({});
const onInstance = z.object({ instanceId: Id });
const onDisk = onInstance.extend({ diskId: Id });
const onNic = onInstance.extend({ nicId: Id });

export const liveCalls = {
  'instance.pause': {
    says: 'Let the running machine stand still; paused is success',
    params: onInstance,
    result: ObservedInstance,
    timeout: 'quick',
  },
  'instance.resume': {
    says: 'Let a paused machine go on; running is success, one that is being received or has been sent is not',
    params: onInstance,
    result: ObservedInstance,
    timeout: 'quick',
  },
  'instance.plugDisk': {
    says: "Bring a disk of the definition up and plug it into the running machine; plugged is success, as is an instance that doesn't run",
    params: onDisk,
    result: none,
    timeout: 'short',
  },
  'instance.unplugDisk': {
    says: 'Take it out, once the guest lets go of it, and bring it down; while it is still in the definition',
    params: onDisk,
    result: none,
    timeout: 'short',
  },
  'instance.plugNic': {
    says: 'Plug a NIC of the definition into the running machine; likewise',
    params: onNic,
    result: none,
    timeout: 'short',
  },
  'instance.unplugNic': {
    says: 'Take it out and remove its interface; while it is still in the definition',
    params: onNic,
    result: none,
    timeout: 'short',
  },
  'instance.resizeDisk': {
    says: 'Show the running guest the new size of a disk that was grown',
    params: onDisk.extend({ sizeMiB: DiskMiB }),
    result: none,
    timeout: 'quick',
  },
  'instance.balloon': {
    says: 'Give the running guest this much of the memory that it was started with; it takes its time, see memoryMiB of what is observed',
    params: onInstance.extend({ memoryMiB: MemoryMiB }),
    result: ObservedInstance,
    timeout: 'quick',
  },
  'instance.changeCd': {
    says: 'Put another ISO file of the node into the CD drive of the running machine, or none',
    params: onInstance.extend({ iso: IsoName.nullable() }),
    result: none,
    timeout: 'quick',
  },
  'domain.examine': {
    says: 'What a machine that is no instance is made of, and why it cannot be taken over if so, looked at again',
    params: z.object({ domainId: Id }),
    result: ForeignDomain,
    timeout: 'quick',
  },
  'instance.takeOver': {
    says: 'Make the running machine with this id the instance of its definition, without a stop; refused where it is another machine',
    params: onInstance,
    result: ObservedInstance,
    timeout: 'short',
  },
  'instance.letGo': {
    says: 'Take that back: it runs on under its old name and belongs to nobody; not taken over is success',
    params: onInstance.extend({ name: DomainName }),
    result: none,
    timeout: 'short',
  },
  'instance.machine': {
    says: 'What the running machine is made of: for a target to build the same, or to tell which changes wait for a restart',
    params: onInstance,
    result: RunningMachine,
    timeout: 'quick',
  },
  'instance.receive': {
    says: "Take disks and NICs, and wait on this node's address for the machine to arrive; again starts over. Needs the definition",
    params: onInstance.extend({ address: z.union([z.ipv4(), z.ipv6()]), machine: RunningMachine }),
    result: MigrationDoor,
    timeout: 'short',
  },
  'instance.migrate': {
    says: 'Send the running machine to a waiting target, or follow one that is being sent; it stands still here afterwards, and what it said goes along',
    params: onInstance.extend({ ...MigrationDoor.shape, ...MigrationLimits.shape }),
    result: MigrationOutcome.extend(SerialHistory.shape),
    timeout: 'long',
    stream: true,
  },
  'instance.cancelMigration': {
    says: 'Break off a migration at the source, where the guest goes on; waits for nobody. None, or one that has ended, is success',
    params: onInstance,
    result: none,
    timeout: 'quick',
  },
  'instance.finishMigration': {
    says: 'After success: at the target the guest goes on (if `resume`) with the serial history, at the source all of it goes. Else: at the target all of it goes, at the source the guest goes on',
    params: onInstance.extend({
      side: z.enum(['source', 'target']),
      success: z.boolean(),
      resume: z.boolean(),
      ...SerialHistory.partial().shape,
    }),
    result: z.object({ instance: ObservedInstance.nullable() }),
    timeout: 'short',
  },
  'instance.migrationState': {
    says: 'What this node sees of a migration',
    params: onInstance,
    result: MigrationState,
    timeout: 'quick',
  },
} as const;
