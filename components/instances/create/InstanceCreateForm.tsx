'use client';
// The create page: what is offered, the form, and a summary that follows while one types.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { createOptionsQuery } from '@/client/create-options';
import { asAppError } from '@/client/fetch-json';
import type { CreateOffer } from '@/contract/schemas/cluster';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { CreateFields } from './CreateFields';

export function InstanceCreateForm() {
  const t = useTranslations('instances.form');
  const [ownerId, setOwnerId] = useState<string | undefined>();
  // What the form began with: from then on it stays, also when no node is ready any more.
  const [first, setFirst] = useState<CreateOffer | undefined>();
  const { data, error } = useQuery({
    ...createOptionsQuery(ownerId ? { ownerId } : {}),
    placeholderData: keepPreviousData,
  });
  if (!data) return error && <ErrorPanel error={asAppError(error)} />;
  const ready = data.clusters.find(({ hypervisors }) => hypervisors.length > 0);
  if (!first && ready) setFirst(ready);
  if (data.clusters.length === 0)
    return <EmptyState title={t('noClusters')}>{t('noClustersText')}</EmptyState>;
  if (!first) return <EmptyState title={t('noneReady')}>{t('noneReadyText')}</EmptyState>;
  return <CreateFields options={data} first={first} onOwner={setOwnerId} />;
}
