'use client';
// Goes anywhere by typing: pages, and instances by name.
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { Plus } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { type ReactNode, useDeferredValue, useState } from 'react';
import { instancesQuery } from '@/client/instances';
import { useViewer } from '@/client/session';
import { InstanceBadge } from '@/components/state/InstanceBadge';
import { pages } from '@/contract/paths';
import { destinations } from './destinations';

const most = 8;

export function Palette({ onClose }: { onClose: () => void }) {
  const t = useTranslations('frame');
  const router = useRouter();
  const viewer = useViewer();
  const [text, setText] = useState('');
  const search = useDeferredValue(text.trim());
  const found = useQuery({
    ...instancesQuery({ page: 1, pageSize: most, search, sort: 'name', order: 'asc' }),
    enabled: search.length > 0,
    placeholderData: keepPreviousData,
  });
  const go = (href: string) => {
    onClose();
    router.push(href);
  };
  const matches = (label: string) => label.toLowerCase().includes(search.toLowerCase());
  const places = destinations[viewer.role].filter(({ name }) => matches(t(`rail.${name}`)));
  const instances = search ? (found.data?.items ?? []) : [];
  const offersCreate = matches(t('palette.createInstance'));
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/25 dark:bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[12vh] z-40 mx-auto max-w-xl animate-appear overflow-hidden rounded-lg border border-line-strong bg-raised outline-none"
        >
          <Dialog.Title className="sr-only">{t('palette.title')}</Dialog.Title>
          <Command label={t('palette.title')} shouldFilter={false} loop>
            <Command.Input
              autoFocus
              value={text}
              onValueChange={setText}
              placeholder={t('palette.placeholder')}
              className="h-11 w-full border-b border-line bg-transparent px-4 text-lg outline-none max-sm:text-[16px]"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-6 text-center text-faint">
                {found.isFetching ? t('palette.searching') : t('palette.nothing')}
              </Command.Empty>
              {instances.length > 0 && (
                <Group heading={t('palette.instances')}>
                  {instances.map((instance) => (
                    <Item key={instance.id} id={instance.id} onSelect={() => go(pages.instance(instance.id))}>
                      <span className="min-w-0 flex-1 truncate font-mono text-[13px]">{instance.name}</span>
                      <InstanceBadge instance={instance} />
                    </Item>
                  ))}
                </Group>
              )}
              {places.length > 0 && (
                <Group heading={t('palette.pages')}>
                  {places.map(({ name, href, Icon }) => (
                    <Item key={name} id={name} onSelect={() => go(href)}>
                      <Icon aria-hidden className="size-4 text-faint" />
                      {t(`rail.${name}`)}
                    </Item>
                  ))}
                </Group>
              )}
              {offersCreate && (
                <Group heading={t('palette.actions')}>
                  <Item id="create" onSelect={() => go(pages.instanceCreate())}>
                    <Plus aria-hidden className="size-4 text-faint" />
                    {t('palette.createInstance')}
                  </Item>
                </Group>
              )}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <Command.Group
      heading={heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint"
    >
      {children}
    </Command.Group>
  );
}

function Item({ id, onSelect, children }: { id: string; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={id}
      onSelect={onSelect}
      className="flex h-9 items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-accent-wash"
    >
      {children}
    </Command.Item>
  );
}
