'use client';
// What all parts of an instance's page share: title line, facts, tabs. When the instance is removed while one looks at it, the page says so.
import { useSuspenseQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useSelectedLayoutSegment } from 'next/navigation';
import type { ReactNode } from 'react';
import { asAppError } from '@/client/fetch-json';
import { instanceQuery } from '@/client/instances';
import { Crumb } from '@/components/frame/Crumb';
import { TabLinks } from '@/components/ui/TabLinks';
import { pages } from '@/contract/paths';
import { InstanceFacts } from './InstanceFacts';
import { InstanceGone } from './InstanceGone';
import { InstanceHeader } from './InstanceHeader';

const tabs = ['screen', 'serial', 'jobs', 'activity'] as const;

export function InstanceFrame({ id, children }: { id: string; children: ReactNode }) {
  const t = useTranslations('instances.tabs');
  const mirrors = useTranslations('mirrors');
  const segment = useSelectedLayoutSegment();
  const { data: instance, error } = useSuspenseQuery(instanceQuery(id));
  const isGone = error !== null && asAppError(error).code === 'not_found';
  // Sides are told to those alone who may see nodes.
  const isMirrored = instance.disks.some(({ sides }) => sides.length > 0);
  // A console needs the height more than the facts do.
  const shown = segment === 'screen' || segment === 'serial' ? segment : null;
  if (isGone) return <InstanceGone id={id} name={instance.name} />;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      <Crumb label={instance.name} />
      <InstanceHeader instance={instance} shown={shown} />
      {shown === null && <InstanceFacts instance={instance} />}
      <TabLinks
        label={t('label')}
        tabs={[
          { href: pages.instance(id), label: t('overview') },
          ...(isMirrored ? [{ href: pages.instance(id, 'mirror'), label: mirrors('tab') }] : []),
          ...tabs.map((tab) => ({ href: pages.instance(id, tab), label: t(tab) })),
        ]}
      />
      {children}
    </div>
  );
}
