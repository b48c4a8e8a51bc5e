'use client';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { CapacityMeter, capacityKinds } from '@/components/clusters/CapacityMeter';
import { NodesOnline } from '@/components/clusters/cluster-columns';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import type { Cluster } from '@/contract/schemas/cluster';

/** How much of each cluster is taken. */
export function ClusterRooms({ clusters }: { clusters: Cluster[] }) {
  const t = useTranslations('overview');
  return (
    <Section title={t('capacity')} help={t('capacityHelp')}>
      <ul className="-my-4 divide-y divide-line">
        {clusters.map((cluster) => (
          <li key={cluster.id} className="grid gap-3 py-4">
            <div className="flex items-center gap-3">
              <Link
                href={pages.cluster(cluster.id)}
                className="font-mono text-[13px] font-medium hover:text-accent hover:underline"
              >
                {cluster.name}
              </Link>
              <NodesOnline cluster={cluster} />
            </div>
            <Room cluster={cluster} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Room({ cluster }: { cluster: Cluster }) {
  const t = useTranslations('overview');
  const words = useTranslations('clusters.capacity');
  if (cluster.nodes === 0)
    return (
      <p className="flex flex-wrap items-center gap-3 text-faint">
        {t('noNodes')}
        <ButtonLink size="small" href={pages.nodes()}>
          {t('addNode')}
        </ButtonLink>
      </p>
    );
  if (cluster.nodesOnline === 0) return <p className="text-faint">{words('none')}</p>;
  return (
    <div className="grid items-start gap-x-8 gap-y-4 md:grid-cols-3">
      {capacityKinds.map((what) => (
        <CapacityMeter key={what} cluster={cluster} what={what} />
      ))}
    </div>
  );
}
