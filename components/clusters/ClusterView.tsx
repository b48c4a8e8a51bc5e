'use client';
// The page of one cluster: what it has and how much of it is taken, what may be created on it, what its owners may use.
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { clusterQuery } from '@/client/clusters';
import { asAppError } from '@/client/fetch-json';
import { Crumb } from '@/components/frame/Crumb';
import { formatAmount } from '@/components/quotas/format-amount';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { ErrorPanel } from '@/components/ui/ErrorPanel';
import { FactList, FactStrip } from '@/components/ui/KeyValue';
import { PageHeader } from '@/components/ui/PageHeader';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Section } from '@/components/ui/Section';
import { ClusterCare } from '@/components/upkeep/ClusterCare';
import { NodeGroups } from '@/components/upkeep/NodeGroups';
import { ClusterFindings } from '@/components/verify/ClusterFindings';
import { pages } from '@/contract/paths';
import type { Cluster } from '@/contract/schemas/cluster';
import { quotaResources } from '@/contract/schemas/quota';
import { ClusterCapacity } from './CapacityMeter';
import { NodesOnline, RunningOf } from './cluster-columns';
import { EditCluster } from './EditCluster';

export function ClusterView({ id }: { id: string }) {
  const t = useTranslations('clusters');
  const { data: cluster, error } = useQuery(clusterQuery(id));
  if (!cluster) return error ? <ErrorPanel error={asAppError(error)} /> : null;
  return (
    <div className="grid gap-4">
      <Crumb label={cluster.name} />
      <PageHeader mono title={cluster.name} actions={<EditCluster cluster={cluster} />} />
      <ClusterFacts cluster={cluster} />
      <ClusterFindings clusterId={id} />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <div className="grid gap-4">
          <Section
            title={t('capacity.title')}
            help={t('capacity.help')}
            actions={
              <ButtonLink size="small" look="quiet" href={`${pages.nodes()}?clusterId=${id}`}>
                {t('toNodes')}
              </ButtonLink>
            }
          >
            <ClusterCapacity cluster={cluster} />
          </Section>
          <NodeGroups cluster={cluster} />
        </div>
        <div className="grid gap-4">
          <QuotaSection cluster={cluster} />
          <OfferSection cluster={cluster} />
          <NetworkSection cluster={cluster} />
          <ClusterCare cluster={cluster} />
        </div>
      </div>
    </div>
  );
}

function ClusterFacts({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('clusters');
  const linkStyle = 'hover:text-accent hover:underline';
  return (
    <FactStrip
      facts={[
        {
          label: t('facts.nodes'),
          value: (
            <Link href={`${pages.nodes()}?clusterId=${cluster.id}`} className={linkStyle}>
              <NodesOnline cluster={cluster} />
            </Link>
          ),
        },
        {
          label: t('facts.instances'),
          value: (
            <Link href={`${pages.instances()}?clusterId=${cluster.id}`} className={linkStyle}>
              <RunningOf cluster={cluster} />
            </Link>
          ),
        },
        { label: t('facts.policy'), value: t(`policies.${cluster.quotaPolicy}`) },
        { label: t('facts.created'), value: <RelativeTime at={cluster.createdAt} /> },
      ]}
    />
  );
}

function OfferSection({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('clusters');
  const states = useTranslations('states');
  return (
    <Section title={t('settings')}>
      <FactList
        facts={[
          {
            label: t('hypervisors'),
            value: cluster.hypervisors.map((kind) => states(`hypervisor.${kind}`)).join(', '),
          },
          {
            label: t('diskTemplates'),
            value: cluster.diskTemplates.map((kind) => states(`diskTemplate.${kind}`)).join(', '),
          },
        ]}
      />
    </Section>
  );
}

function NetworkSection({ cluster: { bridges, userNetwork } }: { cluster: Cluster }) {
  const t = useTranslations('clusters.networks');
  return (
    <Section title={t('title')} help={t('help')}>
      <FactList
        facts={[
          {
            label: t('bridges'),
            value:
              bridges.length > 0 ? (
                <span className="font-mono text-[13px]">{bridges.join(', ')}</span>
              ) : (
                <span className="text-faint">{t('none')}</span>
              ),
          },
          { label: t('userNetwork'), value: t(userNetwork ? 'offered' : 'notOffered') },
        ]}
      />
    </Section>
  );
}

function QuotaSection({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('clusters');
  const states = useTranslations('states');
  return (
    <Section title={t('defaultQuota')} help={t('defaultQuotaHelp')}>
      <FactList
        facts={quotaResources.map((resource) => {
          const limit = cluster.defaultQuota[resource];
          return {
            label: states(`quota.${resource}`),
            value: limit === null ? t('amount.unlimited') : formatAmount(resource, limit),
          };
        })}
      />
    </Section>
  );
}
