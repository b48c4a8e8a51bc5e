'use client';
// What the palette offers for what is typed: instances by name, pages, actions.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { instancesQuery } from '@/client/instances';
import { useViewer } from '@/client/session';
import { InstanceBadge } from '@/components/state/InstanceBadge';
import { pages } from '@/contract/paths';
import { destinations } from './destinations';

const mostInstances = 8;

export type PaletteItem = { id: string; href: string; content: ReactNode };
export type PaletteGroup = { heading: string; items: PaletteItem[] };

export function usePaletteGroups(search: string): { groups: PaletteGroup[]; isSearching: boolean } {
  const t = useTranslations('frame');
  const viewer = useViewer();
  const found = useQuery({
    ...instancesQuery({ page: 1, pageSize: mostInstances, search, sort: 'name', order: 'asc' }),
    enabled: search.length > 0,
    placeholderData: keepPreviousData,
  });
  const matches = (label: string) => label.toLowerCase().includes(search.toLowerCase());
  const instances = (search ? (found.data?.items ?? []) : []).map((instance) => ({
    id: instance.id,
    href: pages.instance(instance.id),
    content: (
      <>
        <span className="min-w-0 flex-1 truncate font-mono text-[13px]">{instance.name}</span>
        <InstanceBadge instance={instance} />
      </>
    ),
  }));
  const create = {
    id: 'create',
    href: pages.instanceCreate(),
    Icon: Plus,
    label: t('palette.createInstance'),
  };
  const places = [
    ...destinations[viewer.role].map(({ name, href, Icon }) => ({
      id: name,
      href,
      Icon,
      label: t(`rail.${name}`),
    })),
    create,
  ]
    .filter(({ label }) => matches(label))
    .map(({ id, href, Icon, label }) => ({
      id,
      href,
      content: (
        <>
          <Icon aria-hidden className="size-4 text-faint" />
          {label}
        </>
      ),
    }));
  const groups = [
    { heading: t('palette.instances'), items: instances },
    { heading: t('palette.pages'), items: places },
  ];
  return { groups: groups.filter(({ items }) => items.length > 0), isSearching: found.isFetching };
}
