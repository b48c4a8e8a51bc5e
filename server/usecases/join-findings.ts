// What is read from the states, which is true of this moment, and what the last verifications found, told together: what both tell of is told once,
// by the states, with what the verification has to mend it.
import type { Finding, Overview } from '@/contract/schemas/cluster';
import type { VerifyFinding, VerifyMeaning } from '@/contract/schemas/verify';

const sameAs: Partial<Record<VerifyMeaning, Finding['kind'][]>> = {
  instanceDown: ['instanceErrorDown', 'instanceGivenUp'],
  wrongNode: ['instanceWrongNode'],
  runsTwice: ['instanceWrongNode'],
  splitBrain: ['splitBrain'],
  diskDisconnected: ['mirrorsDown', 'splitBrain'],
  nodeSilent: ['nodeUnreachable'],
  certificateEnds: ['certificateExpiring'],
  certificateEndsSoon: ['certificateExpiring'],
  clockSkew: ['nodeClockSkew'],
  osInvalid: ['osFailed'],
};

export function joinFindings(
  live: Finding[],
  verified: VerifyFinding[],
): Pick<Overview, 'findings' | 'verified'> {
  const isSame = (one: VerifyFinding, { kind, target }: Finding) =>
    target.id === one.target.id && (sameAs[one.meaning]?.includes(kind) ?? false);
  return {
    findings: live.map((finding) => ({
      ...finding,
      mend: finding.mend ?? verified.find((one) => isSame(one, finding))?.mend ?? null,
    })),
    verified: verified.filter((one) => !live.some((finding) => isSame(one, finding))),
  };
}
