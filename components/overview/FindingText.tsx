'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { OperationName } from '@/contract/operations';
import { pages } from '@/contract/paths';
import type { Finding } from '@/contract/schemas/cluster';
import { formatMiB } from '@/contract/units';

/** A finding in words, with a link to what it is about. */
export function FindingText({ finding }: { finding: Finding }) {
  const t = useTranslations('overview.findings');
  const { kind, values } = finding;
  const days = numberOf(values['days']);
  return t.rich(kind, {
    ...values,
    seconds: Math.abs(numberOf(values['seconds'])),
    ended: days < 0 ? 'yes' : 'no',
    free: formatMiB(numberOf(values['freeMiB'])),
    total: formatMiB(numberOf(values['totalMiB'])),
    target: () => <TargetLink finding={finding} />,
    more: (text) => <Detail>{text}</Detail>,
  });
}

function Detail({ children }: { children: ReactNode }) {
  return <span className="text-soft">{children}</span>;
}

function TargetLink({ finding: { target, values } }: { finding: Finding }) {
  const states = useTranslations('states.operation');
  const operation = OperationName.safeParse(values['operation']);
  const isJob = target.kind === 'job';
  return (
    <Link href={hrefOf(target)} className="font-medium hover:text-accent hover:underline">
      {isJob && operation.success && `${states(operation.data)} `}
      <span className="font-mono text-[13px]">{target.name}</span>
    </Link>
  );
}

function hrefOf({ kind, id }: Finding['target']): string {
  return {
    node: pages.node,
    instance: pages.instance,
    cluster: pages.cluster,
    job: (jobId: string) => pages.job(Number(jobId)),
  }[kind](id);
}

function numberOf(value: string | number | undefined): number {
  return typeof value === 'number' ? value : 0;
}
