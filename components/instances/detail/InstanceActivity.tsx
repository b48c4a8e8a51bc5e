'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { auditQuery } from '@/client/audit';
import { asAppError } from '@/client/fetch-json';
import { DataTable } from '@/components/table/DataTable';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { AuditListQuery } from '@/contract/schemas/audit';
import { activityColumns } from './activity-columns';

/** Who did or tried what with this instance, newest first. */
export function InstanceActivity({ id }: { id: string }) {
  const t = useTranslations('instances');
  const list = useListQuery(AuditListQuery);
  const { data, error, isPlaceholderData } = useQuery({
    ...auditQuery({ ...list.query, instanceId: id }),
    placeholderData: keepPreviousData,
  });
  return (
    <DataTable
      label={t('tabs.activity')}
      columns={activityColumns}
      page={data}
      error={error && asAppError(error)}
      list={list}
      isStale={isPlaceholderData}
      rowId={(entry) => String(entry.id)}
      empty={<EmptyState title={t('activityEmpty')} />}
    />
  );
}
