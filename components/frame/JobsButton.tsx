'use client';
// How many jobs are under way; a click shows them live, in a sheet that is loaded then.
import { useQuery } from '@tanstack/react-query';
import { ListChecks } from 'lucide-react';
import { useTranslations } from 'next-intl';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { unfinishedJobsQuery } from '@/client/jobs';
import { Button } from '@/components/ui/Button';
import { Spinner } from '@/components/ui/Spinner';

const JobsSheet = dynamic(() => import('./JobsSheet').then((module) => module.JobsSheet), { ssr: false });

export function JobsButton() {
  const t = useTranslations('frame.jobs');
  const [isOpen, setOpen] = useState(false);
  const count = useQuery(unfinishedJobsQuery()).data?.total ?? 0;
  return (
    <>
      <Button
        look="quiet"
        size="small"
        onClick={() => setOpen(true)}
        aria-label={t('button', { count })}
        tooltip={t('button', { count })}
      >
        {count > 0 ? <Spinner className="text-working" /> : <ListChecks />}
        <span className={count > 0 ? 'text-ink' : 'text-faint'}>{count}</span>
      </Button>
      {isOpen && <JobsSheet onClose={() => setOpen(false)} />}
    </>
  );
}
