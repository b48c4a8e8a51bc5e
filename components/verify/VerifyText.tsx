'use client';
// What a verification found, in words, with a link to what it is about and its code.
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { pages } from '@/contract/paths';
import type { VerifyFinding } from '@/contract/schemas/verify';
import { formatMiB } from '@/contract/units';
import { noValues } from './no-values';

export function VerifyText({ finding }: { finding: VerifyFinding }) {
  const t = useTranslations('verify');
  const { meaning, values, code } = finding;
  return (
    <>
      {t.rich(`meanings.${meaning}`, {
        ...noValues,
        ...values,
        size: sizeOf(values['sizeMiB']),
        needed: sizeOf(values['neededMiB']),
        free: sizeOf(values['freeMiB']),
        target: () => <TargetLink target={finding.target} />,
        more: (text) => <span className="text-soft">{text}</span>,
      })}{' '}
      <span className="font-mono text-[11px] text-faint">{code}</span>
    </>
  );
}

function TargetLink({ target: { kind, id, name } }: { target: VerifyFinding['target'] }) {
  return (
    <Link href={pages[kind](id)} className="font-medium hover:text-accent hover:underline">
      <span className="font-mono text-[13px]">{name}</span>
    </Link>
  );
}

function sizeOf(value: string | number | undefined): string {
  return formatMiB(typeof value === 'number' ? value : 0);
}
