'use client';
// A name or address that gets copied: mono, with a button that copies it and says so.
import { clsx } from 'clsx';
import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';

type Props = {
  text: string;
  /** Shown instead of the text, such as a short form. */
  label?: string;
  /** `block` for commands: in a box, wrapping. */
  look?: 'inline' | 'block';
};

export function CopyText({ text, label = text, look = 'inline' }: Props) {
  const t = useTranslations('ui');
  const [isCopied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text).then(
      () => setCopied(true),
      // Without a secure connection there is no clipboard: the text stays selectable.
      () => setCopied(false),
    );
    setTimeout(() => setCopied(false), 1_500);
  };
  const isBlock = look === 'block';
  return (
    <span
      className={clsx(
        'group max-w-full font-mono text-[12.5px]',
        isBlock
          ? 'flex items-start gap-2 rounded-md border border-line bg-sunken p-2.5'
          : 'inline-flex items-center gap-1',
      )}
    >
      <span
        className={clsx(
          'min-w-0 select-all',
          isBlock ? 'flex-1 wrap-anywhere whitespace-pre-wrap' : 'truncate',
        )}
      >
        {label}
      </span>
      <button
        type="button"
        aria-label={isCopied ? t('copied') : t('copy')}
        title={isCopied ? t('copied') : t('copy')}
        onClick={() => void copy()}
        className={clsx(
          'shrink-0 rounded-sm p-0.5 text-faint hover:text-ink [&_svg]:size-3.5',
          !isBlock &&
            'opacity-0 group-hover:opacity-100 focus-visible:opacity-100 pointer-coarse:opacity-100',
        )}
      >
        {isCopied ? <Check className="text-running" /> : <Copy />}
      </button>
      <span aria-live="polite" className="sr-only">
        {isCopied ? t('copied') : ''}
      </span>
    </span>
  );
}
