'use client';
// The create page: what is offered, the form, and a summary that follows while one types.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { createOptionsQuery } from '@/client/create-options';
import { asAppError } from '@/client/fetch-json';
import { EmptyState } from '@/components/ui/EmptyState';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { CreateFields } from './CreateFields';

export function InstanceCreateForm() {
  const t = useTranslations('instances.form');
  const [ownerId, setOwnerId] = useState<string | undefined>();
  const { data, error } = useQuery({
    ...createOptionsQuery(ownerId ? { ownerId } : {}),
    placeholderData: keepPreviousData,
  });
  if (!data) return error && <ErrorPanel error={asAppError(error)} />;
  const [first] = data.clusters;
  if (!first) return <EmptyState title={t('noClusters')}>{t('noClustersText')}</EmptyState>;
  return <CreateFields options={data} first={first} onOwner={setOwnerId} />;
}
