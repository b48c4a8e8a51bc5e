'use client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { auditQuery } from '@/client/audit';
import { asAppError } from '@/client/fetch-json';
import { DataTable } from '@/components/table/DataTable';
import type { List } from '@/components/table/use-list-query';
import type { AuditListQuery } from '@/contract/schemas/audit';
import { auditColumns } from './audit-columns';

type Props = { list: List<AuditListQuery>; query: AuditListQuery; empty: ReactNode };

export function AuditRows({ list, query, empty }: Props) {
  const t = useTranslations('activity');
  const { data, error, isPlaceholderData } = useQuery({
    ...auditQuery(query),
    placeholderData: keepPreviousData,
  });
  return (
    <DataTable
      label={t('title')}
      columns={auditColumns}
      page={data}
      error={error && asAppError(error)}
      list={list}
      isStale={isPlaceholderData}
      rowId={(entry) => String(entry.id)}
      empty={empty}
    />
  );
}
