'use client';
// The first page of operators: what is wrong first, then what there is, how much of it is taken, and what is under way.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { asAppError } from '@/client/fetch-json';
import { overviewQuery } from '@/client/overview';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { PageHeader } from '@/components/ui/PageHeader';
import { pages } from '@/contract/paths';
import type { Overview } from '@/contract/schemas/cluster';
import { ClusterRooms } from './ClusterRooms';
import { InstanceCounts, NodeCounts } from './Counts';
import { Findings } from './Findings';
import { JobsUnderWay } from './JobsUnderWay';

export function OverviewView() {
  const t = useTranslations('overview');
  const { data: overview, error } = useQuery(overviewQuery());
  if (!overview) return error ? <ErrorPanel error={asAppError(error)} /> : null;
  const isNew = Object.values(overview.instances).every((count) => count === 0);
  return (
    <div className="grid gap-4">
      <PageHeader
        title={t('title')}
        actions={
          !isNew && (
            <ButtonLink look="primary" href={pages.instanceCreate()}>
              {t('create')}
            </ButtonLink>
          )
        }
      />
      <Findings overview={overview} isNew={isNew} />
      {isNew && <FirstInstance overview={overview} />}
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_22rem]">
        {!isNew && (
          <>
            <InstanceCounts overview={overview} />
            <NodeCounts overview={overview} />
          </>
        )}
        <ClusterRooms clusters={overview.clusters} />
        <JobsUnderWay />
      </div>
    </div>
  );
}

/** A new installation: the one thing to do. */
function FirstInstance({ overview }: { overview: Overview }) {
  const t = useTranslations('overview');
  const { online } = overview.nodes;
  return (
    <div className="rounded-lg border border-line bg-panel">
      <EmptyState
        title={t('welcomeTitle')}
        action={
          <ButtonLink look="primary" size="large" href={pages.instanceCreate()}>
            {t('create')}
          </ButtonLink>
        }
      >
        {t('welcomeText', { online })}
      </EmptyState>
    </div>
  );
}
