'use client';
import { useTranslations } from 'next-intl';
import { useListQuery } from '@/components/table/use-list-query';
import { EmptyState } from '@/components/ui/EmptyState';
import { AuditListQuery } from '@/contract/schemas/audit';
import { AuditRows } from './AuditRows';

type Of = Pick<AuditListQuery, 'instanceId' | 'nodeId' | 'userId'>;

/** The activity of one instance, node or user, for its page. The page prefetches `auditQuery({ ...query, ...of })`. */
export function AuditList({ of }: { of: Of }) {
  const t = useTranslations('activity');
  const list = useListQuery(AuditListQuery);
  return (
    <AuditRows list={list} query={{ ...list.query, ...of }} empty={<EmptyState title={t('emptyOne')} />} />
  );
}
