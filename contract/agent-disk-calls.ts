// The part of the agent's call table that is about disks and mirrors: of one disk, or of one side of a mirror.
import { z } from 'zod';
import { Id } from './names';
import {
  AdoptedVolume,
  DiskTemplate,
  LvmName,
  MirrorDevices,
  MirrorStatus,
  MirrorWish,
  NodeDisk,
} from './schemas/disk';
import { sayLimits } from './schemas/node';
import { DiskMiB } from './units';

const none = z.object({});

/** Where a target waits for the bytes of one disk, how many it takes, and the one-time key without which nobody is let in nor reads along. */
export const DiskDoor = z.object({
  host: z.union([z.ipv4(), z.ipv6()]),
  port: z.number().int().min(1).max(65_535),
  key: z.string().regex(/^[0-9a-f]{64}$/),
  sizeBytes: z.number().int().min(1),
});
export type DiskDoor = z.infer<typeof DiskDoor>;

export const diskCalls = {
  'disk.create': {
    says: 'Create one disk or one side of a mirror, zeroed if `wipe`; the same disk again changes nothing',
    params: NodeDisk.extend({ wipe: z.boolean() }),
    result: none,
    timeout: 'long',
    stream: true,
  },
  'disk.assemble': {
    says: 'Bring the device up; a side of a mirror also connected or connecting',
    params: NodeDisk,
    result: none,
    timeout: 'short',
  },
  'disk.shutdown': {
    says: 'Bring the device down; refused while its instance runs here',
    params: NodeDisk,
    result: none,
    timeout: 'short',
  },
  'disk.open': {
    says: 'Make it writable on this node: of a mirror, this side becomes primary',
    params: NodeDisk,
    result: none,
    timeout: 'short',
  },
  'disk.close': {
    says: 'Take that back; a side that nobody uses becomes secondary',
    params: NodeDisk,
    result: none,
    timeout: 'short',
  },
  'disk.grow': {
    says: 'Make room for the new size: see the stages of storage drivers',
    params: NodeDisk.extend({
      newSizeMiB: DiskMiB,
      stage: z.enum(['check', 'backing', 'device']),
      wipe: z.boolean(),
    }),
    result: none,
    timeout: 'long',
    stream: true,
  },
  'disk.remove': {
    says: 'Remove one disk; absent is success',
    params: NodeDisk,
    result: none,
    timeout: 'short',
  },
  'disk.receive': {
    says: "Wait on this node's address for the bytes of one disk, from one sender, which may be no other size; again starts over",
    params: NodeDisk.extend({ address: z.union([z.ipv4(), z.ipv6()]) }),
    result: DiskDoor,
    timeout: 'short',
  },
  'disk.send': {
    says: 'Send all bytes of a disk that nobody uses to a waiting target; says at least every ten seconds how far it is',
    params: NodeDisk.extend(DiskDoor.shape),
    result: none,
    timeout: 'copy',
    stream: true,
  },
  'disk.endCopy': {
    says: 'If `arrived`, wait until all that was received is on the medium; else break off receiving or sending. Then the disk is shut down',
    params: NodeDisk.extend({ arrived: z.boolean() }),
    result: none,
    timeout: 'long',
  },
  'disk.give': {
    says: 'Make it a disk of another instance, with all that it holds; refused while its instance runs here with it',
    params: NodeDisk.extend({ toInstanceId: Id }),
    result: none,
    timeout: 'short',
  },
  'disk.examine': {
    says: 'How large a plain disk a volume of somebody else would be; refused where it cannot become one',
    params: AdoptedVolume,
    result: z.object({ sizeMiB: DiskMiB }),
    timeout: 'quick',
  },
  'disk.adopt': {
    says: 'Make such a volume the disk, under the name of one; what it holds stays. `inUse`: the machine that is to be the instance has it open',
    params: NodeDisk.extend({ volume: LvmName, inUse: z.boolean().optional() }),
    result: none,
    timeout: 'short',
  },
  'disk.disown': {
    says: 'Take that back: the volume has its old name and belongs to nobody; not adopted is success',
    params: NodeDisk.extend({ volume: LvmName }),
    result: none,
    timeout: 'short',
  },
  'mirror.status': {
    says: 'What this node sees of its sides of mirrors; at once, or as soon as all are connected within a time',
    params: z.object({
      disks: z.array(NodeDisk).max(sayLimits.listed),
      connectedWithinMs: z.number().int().min(0).max(20_000).optional(),
    }),
    result: z.object({ mirrors: z.array(MirrorStatus).max(sayLimits.listed) }),
    timeout: 'quick',
  },
  'mirror.devices': {
    says: 'The minors of all mirrors that are up, and which of these disks let both of their sides be primary',
    params: z.object({ disks: z.array(NodeDisk).max(sayLimits.listed) }),
    result: MirrorDevices,
    timeout: 'quick',
  },
  'mirror.connect': {
    says: "Set the connection to the peer: none, the usual one, with two primaries, or throwing this side's newer writes away",
    params: NodeDisk.extend({ wish: MirrorWish }),
    result: none,
    timeout: 'short',
  },
  'mirror.settle': {
    says: 'Declare both sides equal, or this side the right one, of a mirror that never was in step',
    params: NodeDisk.extend({ how: z.enum(['inSync', 'thisSide']) }),
    result: none,
    timeout: 'short',
  },
  'mirror.renew': {
    says: "Put new volumes in place of this side's own, which the peer then fills",
    params: NodeDisk,
    result: none,
    timeout: 'long',
    stream: true,
  },
  'mirror.snapshot': {
    says: 'Keep what this side holds now as a snapshot beside it',
    params: NodeDisk.extend({ name: LvmName }),
    result: z.object({ volume: z.string().max(sayLimits.name) }),
    timeout: 'short',
  },
  'disk.list': {
    says: 'All disks on the node, also those of unknown instances',
    params: none,
    result: z.object({
      disks: z
        .array(
          z.object({ instanceId: Id, diskTemplate: DiskTemplate, diskId: Id, sizeMiB: z.number().int() }),
        )
        .max(sayLimits.listed * 10),
    }),
    timeout: 'quick',
  },
} as const;
