'use client';
import { Search } from 'lucide-react';
import { useTranslations } from 'next-intl';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { Kbd } from '@/components/ui/Kbd';
import { useShortcut } from '@/components/ui/shortcuts';

const Palette = dynamic(() => import('./Palette').then((module) => module.Palette), { ssr: false });

/** Opens the palette, which is loaded then. */
export function PaletteButton() {
  const t = useTranslations('frame');
  const [isOpen, setOpen] = useState(false);
  useShortcut('k', () => setOpen(true), { label: t('keys.search'), mod: true });
  return (
    <>
      <button
        type="button"
        onClick={() => setOpen(true)}
        aria-label={t('palette.open')}
        aria-keyshortcuts="Control+K Meta+K"
        className="mr-1 flex h-7 items-center gap-2 rounded-md border border-line bg-panel pr-1.5 pl-2 text-sm text-faint hover:border-line-strong hover:text-soft max-md:border-transparent max-md:bg-transparent max-md:pr-2"
      >
        <Search aria-hidden className="size-3.5" />
        <span className="mr-6 max-md:hidden">{t('palette.open')}</span>
        <span className="flex gap-0.5 max-md:hidden">
          <Kbd>Ctrl</Kbd>
          <Kbd>K</Kbd>
        </span>
      </button>
      {isOpen && <Palette onClose={() => setOpen(false)} />}
    </>
  );
}
