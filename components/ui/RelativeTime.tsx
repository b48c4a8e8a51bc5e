'use client';
// When something happened, as people say it; the exact time in the reader's zone on hover.
import { useTranslations } from 'next-intl';
import type { SyntheticEvent } from 'react';
import { useNow } from './clock';
import { relativeParts } from './relative-time';

type Props = {
  /** ISO timestamp; null: it never happened. */
  at: string | null;
  className?: string;
};

export function RelativeTime({ at, className }: Props) {
  const t = useTranslations('ui');
  const nowMs = useNow(5_000);
  if (at === null) return <span className={className}>{t('never')}</span>;
  const parts = relativeParts(nowMs - Date.parse(at));
  return (
    // The server's clock and the browser's differ a little: the text may too, for a moment.
    <time dateTime={at} className={className} onPointerEnter={showExact} suppressHydrationWarning>
      {parts.key === 'now' ? t('now') : t(parts.key, { n: parts.n })}
    </time>
  );
}

/** Only now, because the server does not know the reader's time zone. */
function showExact({ currentTarget }: SyntheticEvent<HTMLTimeElement>) {
  currentTarget.title = formatExact(currentTarget.dateTime);
}

export function formatExact(at: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'long' }).format(new Date(at));
}
