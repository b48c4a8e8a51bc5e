// What the verification of a cluster finds: where nodes, instances and the database contradict each other, what that means, how to mend it.
import { z } from 'zod';
import { Id } from '../names';
import { Timestamp } from './common';
import { VolumeRef } from './volume';

export const VerifySeverity = z.enum(['error', 'warning']);

/**
 * Everything that can be found; each is a message key under `verify.meanings`. The codes are Ganeti's where they mean the same
 * (docs/verify.md).
 */
export const verifyMeanings = {
  certificateEnds: { code: 'ECLUSTERCERT', severity: 'error' },
  certificateEndsSoon: { code: 'ECLUSTERCERT', severity: 'warning' },
  diskNotPlaced: { code: 'ECLUSTERCFG', severity: 'error' },
  mirrorSides: { code: 'ECLUSTERCFG', severity: 'error' },
  noSecondary: { code: 'ECLUSTERCFG', severity: 'error' },
  foreignNode: { code: 'ECLUSTERCFG', severity: 'error' },
  ledger: { code: 'ECLUSTERCFG', severity: 'error' },
  danglingInstance: { code: 'ECLUSTERDANGLINGINST', severity: 'error' },
  danglingNode: { code: 'ECLUSTERDANGLINGNODES', severity: 'error' },
  instanceDown: { code: 'EINSTANCEDOWN', severity: 'error' },
  instanceTroubled: { code: 'EINSTANCETROUBLED', severity: 'error' },
  wrongNode: { code: 'EINSTANCEWRONGNODE', severity: 'error' },
  runsTwice: { code: 'EINSTANCEWRONGNODE', severity: 'error' },
  migrationInterrupted: { code: 'EINSTANCEMIGRATION', severity: 'error' },
  badPrimary: { code: 'EINSTANCEBADNODE', severity: 'error' },
  badSecondary: { code: 'EINSTANCEBADNODE', severity: 'error' },
  splitGroups: { code: 'EINSTANCESPLITGROUPS', severity: 'warning' },
  diskMissing: { code: 'EINSTANCEMISSINGDISK', severity: 'error' },
  diskSize: { code: 'EINSTANCEDISKSIZE', severity: 'warning' },
  splitBrain: { code: 'EINSTANCEFAULTYDISK', severity: 'error' },
  diskFaulty: { code: 'EINSTANCEFAULTYDISK', severity: 'error' },
  diskDisconnected: { code: 'EINSTANCEFAULTYDISK', severity: 'warning' },
  diskSyncing: { code: 'EINSTANCEFAULTYDISK', severity: 'warning' },
  twoPrimaries: { code: 'EINSTANCETWOPRIMARIES', severity: 'error' },
  twoPrimariesAllowed: { code: 'EINSTANCETWOPRIMARIES', severity: 'warning' },
  mirrorDown: { code: 'ENODEDRBD', severity: 'error' },
  minorUnknown: { code: 'ENODEDRBD', severity: 'error' },
  mirrorsUnread: { code: 'ENODEDRBD', severity: 'error' },
  drbdHelper: { code: 'ENODEDRBDHELPER', severity: 'error' },
  drbdVersion: { code: 'ENODEDRBDVERSION', severity: 'warning' },
  groupMissing: { code: 'ENODELVM', severity: 'error' },
  volumesUnread: { code: 'ENODELVM', severity: 'error' },
  orphanVolume: { code: 'ENODEORPHANLV', severity: 'warning' },
  strayVolume: { code: 'ENODEORPHANLV', severity: 'warning' },
  orphanInstance: { code: 'ENODEORPHANINSTANCE', severity: 'error' },
  orphanDefinition: { code: 'ENODEORPHANDEFINITION', severity: 'warning' },
  memoryShort: { code: 'ENODEN1', severity: 'error' },
  bridgeMissing: { code: 'ENODENET', severity: 'error' },
  clockSkew: { code: 'ENODETIME', severity: 'error' },
  agentVersion: { code: 'ENODEVERSION', severity: 'warning' },
  hypervisorMissing: { code: 'ENODEHV', severity: 'error' },
  hypervisorVersion: { code: 'ENODEHV', severity: 'warning' },
  instancesUnread: { code: 'ENODEHV', severity: 'error' },
  osDiffers: { code: 'ENODEOS', severity: 'warning' },
  osInvalid: { code: 'ENODEOS', severity: 'warning' },
  hookFailed: { code: 'ENODEHOOKS', severity: 'error' },
  nodeSilent: { code: 'ENODERPC', severity: 'error' },
  setUp: { code: 'ENODESETUP', severity: 'error' },
} as const satisfies Record<string, { code: string; severity: z.infer<typeof VerifySeverity> }>;
export type VerifyMeaning = keyof typeof verifyMeanings;

const [firstMeaning, ...moreMeanings] = Object.keys(verifyMeanings).filter(isMeaning);
function isMeaning(name: string): name is VerifyMeaning {
  return name in verifyMeanings;
}
/** Of an older or newer version's findings some may be unknown. */
export const VerifyMeaning = z.enum([firstMeaning ?? 'ledger', ...moreMeanings]);

const onInstance = z.object({ instanceId: Id });

/** What mends it: a job that a button asks for, or a command to run as root on a node. */
export const Mend = z.union([
  z.object({
    kind: z.literal('operation'),
    operation: z.enum(['instance.start', 'instance.activateDisks', 'instance.cleanupMigration']),
    params: onInstance,
  }),
  z.object({
    kind: z.literal('operation'),
    operation: z.literal('instance.replaceDisks'),
    params: onInstance.extend({ mode: z.enum(['primary', 'secondary']) }),
  }),
  z.object({
    kind: z.literal('operation'),
    operation: z.literal('node.removeVolume'),
    params: z.object({ nodeId: Id, volume: VolumeRef }),
  }),
  z.object({ kind: z.literal('command'), node: z.string(), text: z.string() }),
]);
export type Mend = z.infer<typeof Mend>;

export const VerifyTarget = z.object({
  kind: z.enum(['cluster', 'node', 'instance']),
  id: Id,
  name: z.string(),
});
export type VerifyTarget = z.infer<typeof VerifyTarget>;

/** For the message. */
export const VerifyValues = z.record(z.string(), z.union([z.string(), z.number()]));

/** `subject` tells several of one meaning and target apart: a volume, a bridge, an instance of a node. */
export const VerifyFinding = z.object({
  code: z.string(),
  severity: VerifySeverity,
  meaning: VerifyMeaning,
  target: VerifyTarget,
  subject: z.string(),
  values: VerifyValues,
  mend: Mend.nullable(),
  /** By the first of the runs that found it without a break. */
  firstSeenAt: Timestamp,
});
export type VerifyFinding = z.infer<typeof VerifyFinding>;

/** `verifiedAt`: when the last run ended that got to its end; `items` is what it found, errors first. */
export const VerifyResult = z.object({
  verifiedAt: Timestamp.nullable(),
  /** Of the run that is under way, or waits. */
  jobId: z.number().int().nullable(),
  items: z.array(VerifyFinding),
});
export type VerifyResult = z.infer<typeof VerifyResult>;
