'use client';
// Goes anywhere by typing.
import { Command } from 'cmdk';
import { useTranslations } from 'next-intl';
import { useRouter } from 'next/navigation';
import { Dialog } from 'radix-ui';
import { useDeferredValue, useState } from 'react';
import { type PaletteGroup, usePaletteGroups } from './use-palette-groups';

export function Palette({ onClose }: { onClose: () => void }) {
  const t = useTranslations('frame.palette');
  const [text, setText] = useState('');
  const [picked, setPicked] = useState('');
  const { groups, isSearching } = usePaletteGroups(useDeferredValue(text.trim()));
  const ids = groups.flatMap(({ items }) => items.map(({ id }) => id));
  return (
    <Dialog.Root open onOpenChange={(open) => !open && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/25 dark:bg-black/45" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-3 top-[12vh] z-40 mx-auto max-w-xl animate-appear overflow-hidden rounded-lg border border-line-strong bg-raised outline-none"
        >
          <Dialog.Title className="sr-only">{t('title')}</Dialog.Title>
          <Command
            label={t('title')}
            shouldFilter={false}
            loop
            // What is found later may come first: without a choice of one's own the first one is chosen.
            value={ids.includes(picked) ? picked : (ids[0] ?? '')}
            onValueChange={setPicked}
          >
            <Command.Input
              autoFocus
              value={text}
              onValueChange={(next) => {
                setText(next);
                setPicked('');
              }}
              placeholder={t('placeholder')}
              className="h-11 w-full border-b border-line bg-transparent px-4 text-lg outline-none max-sm:text-[16px]"
            />
            <Command.List className="max-h-[50vh] overflow-y-auto p-1.5">
              <Command.Empty className="px-3 py-6 text-center text-faint">
                {isSearching ? t('searching') : t('nothing')}
              </Command.Empty>
              {groups.map((group) => (
                <Group key={group.heading} group={group} onClose={onClose} />
              ))}
            </Command.List>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Group({ group, onClose }: { group: PaletteGroup; onClose: () => void }) {
  const router = useRouter();
  return (
    <Command.Group
      heading={group.heading}
      className="[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint"
    >
      {group.items.map(({ id, href, content }) => (
        <Command.Item
          key={id}
          value={id}
          onSelect={() => {
            onClose();
            router.push(href);
          }}
          className="flex h-9 items-center gap-2.5 rounded-md px-2.5 data-[selected=true]:bg-accent-wash"
        >
          {content}
        </Command.Item>
      ))}
    </Command.Group>
  );
}
