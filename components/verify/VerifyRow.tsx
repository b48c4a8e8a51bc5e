'use client';
// One finding of a verification in a list of what needs attention.
import { useTranslations } from 'next-intl';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { StateShape } from '@/components/ui/StateShape';
import { toneText } from '@/components/ui/tone';
import type { VerifyFinding } from '@/contract/schemas/verify';
import { MendFinding } from './MendFinding';
import { VerifyText } from './VerifyText';

type Props = { finding: VerifyFinding; showsSince?: boolean };

export function VerifyRow({ finding, showsSince = false }: Props) {
  const t = useTranslations('verify');
  const tone = finding.severity === 'error' ? 'broken' : 'attention';
  return (
    <li className="flex min-h-9 items-start gap-2.5 px-4 py-2">
      <span className={`mt-1 ${toneText[tone]}`}>
        <StateShape tone={tone} />
      </span>
      <span className="sr-only">{t(`severity.${finding.severity}`)}</span>
      <div className="grid min-w-0 flex-1 justify-items-start gap-1.5 wrap-anywhere">
        <p>
          <VerifyText finding={finding} />
          {showsSince && (
            <span className="text-sm text-faint">
              {' '}
              {t.rich('since', { at: () => <RelativeTime at={finding.firstSeenAt} /> })}
            </span>
          )}
        </p>
        <MendFinding mend={finding.mend} name={finding.target.name} />
      </div>
    </li>
  );
}
