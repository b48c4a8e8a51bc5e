'use client';
// Ways to take a node out that still answers: empty it, power it off. A silent one has its guide at the top of the page.
import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { clusterQuery } from '@/client/clusters';
import { DangerRow } from '@/components/ui/Section';
import type { Node } from '@/contract/schemas/node';
import { EvacuateButton } from './EvacuateButton';
import { DeclareOff, FenceButton } from './SetOffline';

export function TakeOut({ node }: { node: Node }) {
  const t = useTranslations('upkeep.danger');
  const { data: cluster } = useQuery(clusterQuery(node.cluster.id));
  if (node.state !== 'online') return null;
  return (
    <>
      <DangerRow title={t('empty')} action={<EvacuateButton node={node} kind="all" />}>
        {t('emptyText')}
      </DangerRow>
      {cluster?.fenceHook ? (
        <DangerRow title={t('fence')} action={<FenceButton node={node} hook={cluster.fenceHook} />}>
          {t('fenceText')}
        </DangerRow>
      ) : (
        <DangerRow title={t('offline')} action={<DeclareOff node={node} />}>
          {t('offlineText')}
        </DangerRow>
      )}
    </>
  );
}
