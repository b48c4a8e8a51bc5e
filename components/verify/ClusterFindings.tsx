'use client';
// What the last verification of a cluster found, when that was, and the button for the next one.
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useVerifyCluster, verifyResultQuery } from '@/client/verify';
import { Button } from '@/components/ui/Button';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import type { VerifyResult } from '@/contract/schemas/verify';
import { VerifyRow } from './VerifyRow';

export function ClusterFindings({ clusterId }: { clusterId: string }) {
  const t = useTranslations('verify');
  const { data: result } = useQuery(verifyResultQuery(clusterId));
  const verify = useVerifyCluster();
  const items = result?.items ?? [];
  const isUnderWay = result?.jobId != null;
  return (
    <Section
      title={t('title')}
      help={result && <LastRun result={result} />}
      actions={
        <Button
          size="small"
          pending={verify.isPending || isUnderWay}
          onClick={() => verify.mutate({ id: clusterId })}
        >
          {t('now')}
        </Button>
      }
    >
      {items.length === 0 ? (
        <p className="text-faint">{t(result?.verifiedAt ? 'clean' : 'never')}</p>
      ) : (
        <ul className="-m-4 divide-y divide-line">
          {items.map((finding) => (
            <VerifyRow
              key={`${finding.meaning} ${finding.target.id} ${finding.subject}`}
              finding={finding}
              showsSince
            />
          ))}
        </ul>
      )}
    </Section>
  );
}

function LastRun({ result: { verifiedAt, jobId, items } }: { result: VerifyResult }) {
  const t = useTranslations('verify');
  if (jobId !== null)
    return (
      <Link href={pages.job(jobId)} className="hover:text-accent hover:underline">
        {t('underWay')}
      </Link>
    );
  if (verifiedAt === null) return null;
  const errors = items.filter(({ severity }) => severity === 'error').length;
  return t.rich('lastRun', {
    ...{ errors, warnings: items.length - errors },
    at: () => <RelativeTime at={verifiedAt} />,
  });
}
