'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { jobLogQuery } from '@/client/jobs';
import { LogView } from '@/components/ui/LogView';
import { useStepWords } from './use-step-words';

/** A job's log; live events append to it. */
export function JobLogView({ jobId, className }: { jobId: number; className?: string }) {
  const t = useTranslations('instances.job');
  const wordsOf = useStepWords();
  const { data } = useQuery(jobLogQuery(jobId));
  const lines = (data?.lines ?? []).map(({ serial, at, level, step, message }) => ({
    key: serial,
    at,
    level,
    source: step && wordsOf(step),
    message,
  }));
  return <LogView lines={lines} label={t('logOf', { id: jobId })} className={className} />;
}
