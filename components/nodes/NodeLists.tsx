'use client';
import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { instancesQuery } from '@/client/instances';
import { jobsQuery } from '@/client/jobs';
import { InstanceBadge } from '@/components/state/InstanceBadge';
import { JobBadge } from '@/components/state/JobBadge';
import { ButtonLink } from '@/components/ui/ButtonLink';
import { RelativeTime } from '@/components/ui/RelativeTime';
import { Section } from '@/components/ui/Section';
import { pages } from '@/contract/paths';
import type { Node } from '@/contract/schemas/node';
import { instancesOfNode, jobsOfNode } from './node-lists';

export function NodeInstances({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const { data } = useQuery(instancesQuery(instancesOfNode(node.id)));
  const all = (
    <ButtonLink size="small" look="quiet" href={`${pages.instances()}?nodeId=${node.id}`}>
      {t('allInstances')}
    </ButtonLink>
  );
  return (
    <Section title={t('instancesTitle')} actions={all}>
      <Rows empty={t('noInstances')}>
        {data?.items.map((instance) => (
          <Row key={instance.id} href={pages.instance(instance.id)} name={instance.name}>
            <InstanceBadge instance={instance} />
          </Row>
        ))}
      </Rows>
    </Section>
  );
}

export function NodeJobs({ node }: { node: Node }) {
  const t = useTranslations('nodes');
  const states = useTranslations('states.operation');
  const { data } = useQuery(jobsQuery(jobsOfNode(node.id)));
  return (
    <Section title={t('jobsTitle')}>
      <Rows empty={t('noJobs')}>
        {data?.items.map((job) => (
          <Row key={job.id} href={pages.job(job.id)} name={states(job.operation)}>
            <RelativeTime at={job.createdAt} className="text-sm text-faint" />
            <JobBadge job={job} />
          </Row>
        ))}
      </Rows>
    </Section>
  );
}

function Rows({ children, empty }: { children: ReactNode[] | undefined; empty: string }) {
  if (!children || children.length === 0) return <p className="text-faint">{empty}</p>;
  return <ul className="-my-1 divide-y divide-line">{children}</ul>;
}

function Row({ href, name, children }: { href: string; name: string; children: ReactNode }) {
  return (
    <li className="flex min-h-8 items-center gap-3">
      <Link href={href} className="min-w-0 flex-1 truncate font-medium hover:text-accent hover:underline">
        {name}
      </Link>
      {children}
    </li>
  );
}
