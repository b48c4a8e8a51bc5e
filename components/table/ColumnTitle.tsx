'use client';
import { useTranslations } from 'next-intl';

export type MessageKey = Parameters<ReturnType<typeof useTranslations<never>>>[0];

/** A column's header at module scope: `header: () => <ColumnTitle text="instances.columns.name" />`. */
export function ColumnTitle({ text }: { text: MessageKey }) {
  const t = useTranslations();
  return t(text);
}
