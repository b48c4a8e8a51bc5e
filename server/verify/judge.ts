// All checks over one snapshot.
import { type VerifyFinding, verifyMeanings } from '@/contract/schemas/verify';
import { checkAlike } from './checks/alike';
import { checkDatabase } from './checks/database';
import { checkDisks } from './checks/disks';
import { checkInstances } from './checks/instances';
import { checkMemory } from './checks/memory';
import { checkMirrors } from './checks/mirrors';
import { checkNodes } from './checks/nodes';
import { checkOrphans } from './checks/orphans';
import type { Check, Snapshot } from './snapshot';

/** As it is judged, before it is known since when. */
export type Judged = Omit<VerifyFinding, 'firstSeenAt'>;

const checks: Check[] = [
  ...[checkDatabase, checkNodes, checkAlike, checkMemory],
  ...[checkInstances, checkDisks, checkMirrors, checkOrphans],
];

/** Nothing for a cluster where all is as it should be. What jobs work on meanwhile is left out. */
export function judge(snapshot: Snapshot): Judged[] {
  return checks
    .flatMap((check) => check(snapshot))
    .map(({ meaning, target, subject = '', values = {}, mend = null }) => ({
      ...verifyMeanings[meaning],
      ...{ meaning, target, subject, values, mend },
    }));
}
