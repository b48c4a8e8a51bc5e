'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { JobPanel } from '@/components/jobs/JobPanel';
import { JobBadge } from '@/components/state/JobBadge';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { pages } from '@/contract/paths';
import type { Job } from '@/contract/schemas/job';
import { isFinished } from '@/contract/states';
import { latestJobQuery } from './latest-job';

/**
 * The newest job in full while it works, where it failed, and for as long as one stays who has seen it work, so that nothing folds away
 * under one's eyes; else in one line.
 */
export function LatestJob({ instanceId }: { instanceId: string }) {
  const { data: job } = useQuery(latestJobQuery(instanceId));
  const [followed, setFollowed] = useState<number | null>(null);
  if (!job) return null;
  const isWorking = !isFinished(job.status);
  if (isWorking && followed !== job.id) setFollowed(job.id);
  const isOpen = isWorking || followed === job.id || job.status === 'error' || job.needsAttention;
  return isOpen ? <JobPanel job={job} /> : <JobLine job={job} />;
}

function JobLine({ job }: { job: Job }) {
  const t = useTranslations('instances.overview');
  const operations = useTranslations('states.operation');
  return (
    <p className="flex min-h-10 flex-wrap items-center gap-x-3 rounded-lg border border-line bg-panel px-4 py-1.5">
      <span className="text-faint">{t('latestJob')}</span>
      <Link href={pages.job(job.id)} className="font-medium hover:text-accent hover:underline">
        {operations(job.operation)}
      </Link>
      <JobBadge job={job} />
      <RelativeTime at={job.endedAt} className="text-soft" />
    </p>
  );
}
