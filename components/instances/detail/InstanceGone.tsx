'use client';
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Crumb } from '@/components/frame/Crumb';
import { JobPanel } from '@/components/jobs/JobPanel';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { PageHeader } from '@/components/ui/PageHeader';
import { pages } from '@/contract/paths';
import { latestJobQuery } from './latest-job';

/** In place of an instance that is no more: what became of it, and the job that did it. */
export function InstanceGone({ id, name }: { id: string; name?: string }) {
  const t = useTranslations('instances.gone');
  const { data: job } = useQuery(latestJobQuery(id));
  const known = name ?? job?.target.name;
  const makes = job?.operation === 'instance.create' || job?.operation === 'instance.adopt';
  const wasNeverCreated = makes && job.status !== 'success';
  const title = wasNeverCreated ? t('failedTitle', { name: known ?? '' }) : t('title', { name: known ?? '' });
  return (
    <div className="grid gap-4">
      {known && <Crumb label={known} />}
      <PageHeader
        title={known ? title : t('titleUnknown')}
        meta={[wasNeverCreated ? t('failedText') : t('text')]}
        actions={<ButtonLink href={pages.instances()}>{t('back')}</ButtonLink>}
      />
      {job && <JobPanel job={job} />}
    </div>
  );
}
