'use client';
import { useTranslations } from 'next-intl';
import { useTheme } from 'next-themes';
import { useSyncExternalStore } from 'react';
import { RadioCards } from '@/components/ui/RadioCards';

const themes = ['system', 'light', 'dark'] as const;
const never = () => () => {};

/** Kept in this browser; the server does not know it, so nothing is marked before the page runs. */
export function ThemeChoice() {
  const t = useTranslations('account');
  const { theme, setTheme } = useTheme();
  const isInBrowser = useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
  const current = themes.find((name) => name === theme) ?? 'system';
  return (
    <RadioCards
      name="theme"
      label={t('appearance')}
      value={isInBrowser ? current : null}
      onChange={setTheme}
      columns={3}
      cards={themes.map((value) => ({ value, title: t(`themes.${value}`) }))}
    />
  );
}
