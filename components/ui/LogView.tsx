'use client';
// Lines that arrive over time. It follows the tail until the reader scrolls up, and again once the end is reached.
import { clsx } from 'clsx';
import { useTranslations } from 'next-intl';
import { useLayoutEffect, useRef } from 'react';
import { formatClock } from './format-clock';

export type LogLine = {
  key: string | number;
  at: string;
  level: 'info' | 'warn' | 'error';
  /** What it belongs to, such as a step. */
  source?: string | null;
  message: string;
};

const levelText = { info: '', warn: 'text-attention', error: 'text-broken' };

export function LogView({
  lines,
  label,
  className,
}: {
  lines: readonly LogLine[];
  label?: string;
  className?: string;
}) {
  const t = useTranslations('ui');
  const box = useRef<HTMLDivElement>(null);
  const followsTail = useRef(true);
  // Scrolling belongs to the moment after the lines are in the page and before they are painted.
  useLayoutEffect(() => {
    if (box.current && followsTail.current) box.current.scrollTop = box.current.scrollHeight;
  }, [lines]);
  return (
    <div
      ref={box}
      role="log"
      aria-label={label ?? t('log')}
      tabIndex={0}
      onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
        followsTail.current = scrollHeight - scrollTop - clientHeight < 24;
      }}
      className={clsx(
        'max-h-96 min-h-24 overflow-auto rounded-md border border-line bg-sunken p-2.5 font-mono text-[12px] leading-[18px]',
        className,
      )}
    >
      {lines.length === 0 && <p className="font-sans text-faint">{t('emptyLog')}</p>}
      {lines.map(({ key, at, level, source, message }) => (
        <div key={key} className={clsx('flex gap-3', levelText[level])}>
          <time dateTime={at} className="shrink-0 text-faint select-none" suppressHydrationWarning>
            {formatClock(at)}
          </time>
          {source && <span className="shrink-0 text-faint max-sm:hidden">{source}</span>}
          <span className="min-w-0 wrap-anywhere whitespace-pre-wrap">{message}</span>
        </div>
      ))}
    </div>
  );
}
