'use client';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Dialog } from '@/components/ui/Dialog';
import { Kbd } from '@/components/ui/Kbd';
import { useRegisteredShortcuts, useShortcut } from '@/components/ui/shortcuts';

/** `?` lists the keys of the page that is open. */
export function KeysHelp() {
  const t = useTranslations('frame.keys');
  const [isOpen, setOpen] = useState(false);
  useShortcut('?', () => setOpen(true), { label: t('help') });
  const shortcuts = [...useRegisteredShortcuts(), { keys: 'Esc', label: t('close') }];
  return (
    <Dialog open={isOpen} onClose={() => setOpen(false)} title={t('title')}>
      <ul>
        {shortcuts.map(({ keys, label }) => (
          <li
            key={`${keys} ${label}`}
            className="flex h-8 items-center justify-between border-t border-line first:border-t-0"
          >
            {label}
            <span className="flex gap-1">
              {keys.split(' ').map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
